//! The way between a browser and the server: a TCP proxy that can be cut, or fall silent, and be mended.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// What becomes of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They pass.
    Open,
    /// Connections end, and new ones are closed at once.
    Cut,
    /// Nothing passes, and nobody is told.
    Silent,
}

/// A proxy on a port of its own. Dropped, it is cut.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    target: Arc<AtomicU16>,
    carried: Arc<AtomicU64>,
    way: watch::Sender<Way>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one that leads nowhere yet, since a server wants to know its address first.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(AtomicU16::new(0));
        let carried = Arc::new(AtomicU64::new(0));
        let (way, watched) = watch::channel(Way::Open);
        let task = tokio::spawn(accept(listener, Arc::clone(&target), Arc::clone(&carried), watched));
        Self { port, target, carried, way, task }
    }

    /// Leads to this port of this machine.
    pub fn lead_to(&self, port: u16) {
        self.target.store(port, Ordering::SeqCst);
    }

    /// What becomes of the bytes from now on.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// How many bytes it has passed on, in both directions.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    /// Where browsers find it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Way::Cut);
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: Arc<AtomicU16>, carried: Arc<AtomicU64>, way: watch::Receiver<Way>) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(carry(near, target.load(Ordering::SeqCst), Arc::clone(&carried), way.clone()));
    }
}

/// Carries one connection until either side ends it, or it is cut.
async fn carry(near: TcpStream, target: u16, carried: Arc<AtomicU64>, mut way: watch::Receiver<Way>) -> io::Result<()> {
    if *way.borrow() == Way::Cut {
        return Ok(());
    }
    let far = TcpStream::connect(("127.0.0.1", target)).await?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let there = pass(near_in, far_out, &carried, way.clone());
    let back = pass(far_in, near_out, &carried, way.clone());
    let both = async { tokio::join!(there, back) };
    tokio::select! {
        _ = both => {}
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
    Ok(())
}

/// Passes bytes on in one direction, to the end.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    carried: &AtomicU64,
    mut way: watch::Receiver<Way>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        // What came while nothing passes waits here.
        if way.wait_for(|way| *way == Way::Open).await.is_err() || count == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..count]).await?;
        carried.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says back what it hears.
    async fn echo() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut input, mut output) = stream.into_split();
                    tokio::io::copy(&mut input, &mut output).await
                });
            }
        });
        port
    }

    async fn connect(proxy: &Proxy) -> TcpStream {
        TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap()
    }

    #[tokio::test]
    async fn it_carries_is_cut_and_carries_again() {
        let proxy = Proxy::start().await;
        proxy.lead_to(echo().await);
        let mut heard = [0; 5];
        let mut first = connect(&proxy).await;
        first.write_all(b"hello").await.unwrap();
        first.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hello");
        assert_eq!(proxy.carried(), 10, "there and back");

        proxy.set(Way::Cut);
        assert!(matches!(first.read(&mut heard).await, Ok(0) | Err(_)), "the open one ends");
        let mut refused = connect(&proxy).await;
        assert!(matches!(refused.read(&mut heard).await, Ok(0) | Err(_)), "a new one ends at once");

        proxy.set(Way::Open);
        let mut again = connect(&proxy).await;
        again.write_all(b"again").await.unwrap();
        again.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"again");
    }

    #[tokio::test]
    async fn what_was_said_into_silence_comes_when_it_ends() {
        let proxy = Proxy::start().await;
        proxy.lead_to(echo().await);
        let mut line = connect(&proxy).await;
        proxy.set(Way::Silent);
        line.write_all(b"hello").await.unwrap();
        let mut heard = [0; 5];
        assert_eq!(line.try_read(&mut heard).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        proxy.set(Way::Open);
        line.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hello");
    }
}
