//! The program: settings, log, signals, and then [`igoon_server::run`].

use std::{
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    process::ExitCode,
};

use actix_web::rt::{
    self, System,
    signal::unix::{Signal, SignalKind, signal},
};
use clap::Parser as _;
use igoon_server::{
    Announcement,
    config::{Arguments, Command, Config, RecoveryKeyCommand},
    telemetry,
    tls::Tls,
};
use socket2::{Domain, Socket, Type};

/// Many small, short-lived allocations on several threads: it is measurably faster there than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 2_048;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log may not run yet; and whoever started the program should see it whatever the log's filter is.
            let _ = writeln!(io::stderr(), "igoon-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let command = arguments.command();
    let config = arguments.resolve()?;
    match command {
        Some(Command::Check) => return Ok(writeln!(io::stdout(), "the settings are in order")?),
        Some(Command::ForgetMasterKey) => {
            let (mails, recovery_keys) = System::new().block_on(igoon_server::forget_master_key(&config))?;
            return Ok(writeln!(
                io::stdout(),
                "the master key is forgotten, and {mails} mails that waited are given up: whoever waits for a code asks for \
                 another. So are {recovery_keys} recovery keys: rooms that counted on them are recovered only once their owners \
                 have set the policy anew. The next start takes the master key that is set up, or makes one"
            )?);
        }
        Some(Command::Restored) => {
            System::new().block_on(igoon_server::begin_life(&config))?;
            return Ok(writeln!(
                io::stdout(),
                "the database has begun another life: clients bring back what its rooms' logs lack as they come, and mark the \
                 messages that are lost. For ten minutes from now rooms take nothing else into their logs. Start the server"
            )?);
        }
        Some(Command::RecoveryKey { what: RecoveryKeyCommand::Rotate }) => {
            System::new().block_on(igoon_server::rotate_recovery_key(&config))?;
            return Ok(writeln!(
                io::stdout(),
                "there is another recovery key, and policies that are set from now on pin it; those before stay, and so do the \
                 keys for them. Keep a copy of the master key"
            )?);
        }
        None => {}
    }
    telemetry::start(&config);
    let listener = listen(config.listen).map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    System::new().block_on(serve(config, listener))
}

async fn serve(config: Config, listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    if let Some(tls) = config.tls.clone() {
        let hangups = signal(SignalKind::hangup())?;
        rt::spawn(reload_at(hangups, tls));
    }
    Ok(igoon_server::run(config, listener, announce, shutdown).await?)
}

/// Reads the certificate anew at each signal.
async fn reload_at(mut hangups: Signal, tls: Tls) {
    while hangups.recv().await.is_some() {
        let tls = tls.clone();
        match rt::task::spawn_blocking(move || tls.reload()).await {
            Ok(Ok(())) => tracing::info!("the certificate was read anew"),
            Ok(Err(error)) => tracing::error!(%error, "the new certificate cannot be used; the one from before stays"),
            Err(error) => tracing::error!(%error, "the certificate was not read anew"),
        }
    }
}

/// Tells on standard output where the server is. The first line is for programs too.
fn announce(announcement: &Announcement) {
    let Announcement { scheme, address, setup_code, mail_folder } = announcement;
    let mut text = format!("listening on {scheme}://{address}\n");
    if let Some(folder) = mail_folder {
        text.push_str(&format!(
            "\nNO MAIL SERVER IS SET UP. Nobody gets a mail: they go to {}, and their codes are\nprinted here. That is for trying \
             out; for real use set `smtp_url` and `mail_from`.\n",
            folder.display(),
        ));
    }
    if let Some(code) = setup_code {
        text.push_str(&format!(
            "\nNobody has an account yet. Open {scheme}://{address} in a browser and enter this code:\n\n    {}\n\n\
             It works once, and a restart makes a new one. Whoever enters it owns this server.\n",
            code.expose(),
        ));
    }
    // Nobody may be listening to that.
    let _ = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // A restarted server takes its port back at once.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
