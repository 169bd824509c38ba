//! What a room's page says.

use igoon_shared::client::io::Receipt;

use super::t;

/// Where an own message stands, in one line.
#[must_use]
pub fn receipt(receipt: Receipt) -> String {
    let Receipt { of, delivered, read } = receipt;
    match (of, delivered, read) {
        (0, ..) => t!("state-alone"),
        (_, 0, _) => t!("state-accepted"),
        (of, _, read) if read == of => t!("state-read-all", of = of),
        (of, delivered, 0) => t!("state-delivered", delivered = delivered, of = of),
        (of, delivered, read) => t!("state-read", delivered = delivered, of = of, read = read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_count() {
        let text = |of, delivered, read| receipt(Receipt { of, delivered, read });
        assert_eq!(text(0, 0, 0), "Accepted by the server. Nobody else is here yet");
        assert_eq!(text(3, 0, 0), "Accepted by the server");
        assert_eq!(text(3, 2, 0), "Delivered to 2 of 3");
        assert_eq!(text(3, 2, 1), "Read by 1, delivered to 2 of 3");
        assert_eq!([text(3, 3, 3), text(1, 1, 1)], ["Read by all 3", "Read"]);
    }
}
