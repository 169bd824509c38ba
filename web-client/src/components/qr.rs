//! A QR code (ISO/IEC 18004), drawn as one path.

use qrcode::{Color, EcLevel};
use yew::prelude::*;

/// Light modules around it that readers need (ISO/IEC 18004, section 9.1).
const QUIET: usize = 4;

/// See [`QrCode`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct QrCodeProps {
    /// What it says to a reader.
    pub text: AttrValue,
    /// What it is, for those who do not see it.
    pub label: AttrValue,
}

/// See the module. Nothing where the text is too long for one.
#[function_component]
pub fn QrCode(props: &QrCodeProps) -> Html {
    let drawn = use_memo(props.text.clone(), |text| draw(text));
    let Some((size, path)) = drawn.as_ref() else { return Html::default() };
    html! {
        <svg class="qr" data-testid="qr" role="img" aria-label={&props.label} viewBox={format!("0 0 {size} {size}")}>
            <rect width={size.to_string()} height={size.to_string()} />
            <path d={path.clone()} />
        </svg>
    }
}

/// The width of the drawing, its margin included, and the dark modules, each row's in runs.
fn draw(text: &str) -> Option<(usize, String)> {
    let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(PartialEq::eq) {
            if run.first() == Some(&Color::Dark) {
                path.push_str(&format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len()));
            }
            x += run.len();
        }
    }
    Some((code.width() + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://chat.example.org/join/AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM#CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk";

    /// The places that the path covers.
    fn covered(path: &str) -> Vec<(usize, usize)> {
        let runs = path.split('M').skip(1).flat_map(|run| {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let width: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            (x..x + width).map(move |x| (x, y))
        });
        runs.collect()
    }

    #[test]
    fn the_path_covers_the_dark_modules_and_no_other() {
        let (size, path) = draw(LINK).unwrap();
        let code = qrcode::QrCode::with_error_correction_level(LINK, EcLevel::M).unwrap();
        let width = code.width();
        let dark: Vec<_> = (0..width)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .filter(|place| code[*place] == Color::Dark)
            .map(|(x, y)| (x + QUIET, y + QUIET))
            .collect();
        assert_eq!(size, width + 8);
        assert_eq!(covered(&path), dark);
    }

    #[test]
    fn what_no_code_can_hold_is_not_drawn() {
        assert_eq!(draw(&"x".repeat(3_000)), None);
    }
}
