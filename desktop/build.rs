//! Tells Tauri which commands there are, so that what the page may call is listed in `capabilities/`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The web client is put inside; Tauri itself does not look whether it changed.
    println!("cargo:rerun-if-changed=../dist");
    let commands = tauri_build::AppManifest::new().commands(&[
        "surroundings",
        "keep",
        "choose_server",
        "notify",
        "begin_file",
        "add_to_file",
        "finish_file",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
