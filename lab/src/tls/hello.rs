//! A ClientHello, read as bytes and kept, and the stream that plays it again to the TLS library.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most that is read while waiting for a whole ClientHello.
const LIMIT: usize = 64 * 1024;

/// A ClientHello as it came.
#[derive(Debug)]
pub struct Hello {
    bytes: Vec<u8>,
    /// The name that the client asked for.
    pub server_name: Option<String>,
}

impl Hello {
    /// Reads until the TLS library finds a whole ClientHello, or finds that it is none.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut acceptor = Acceptor::default();
        loop {
            let mut chunk = [0; 4096];
            let length = stream.read(&mut chunk).await?;
            if length == 0 || bytes.len() > LIMIT {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            bytes.extend_from_slice(&chunk[..length]);
            let mut fresh = &chunk[..length];
            while !fresh.is_empty() {
                acceptor.read_tls(&mut fresh)?;
            }
            match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    let server_name = accepted.client_hello().server_name().map(str::to_owned);
                    return Ok(Self { bytes, server_name });
                }
                Err(_) => {
                    return Ok(Self { bytes, server_name: None });
                }
            }
        }
    }

    /// Its length on the wire, record headers included.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The stream as if nothing had been read.
    pub fn replay(self, stream: TcpStream) -> Replayed {
        Replayed { bytes: self.bytes, position: 0, stream }
    }
}

/// A stream that begins with bytes already read.
#[derive(Debug)]
pub struct Replayed {
    bytes: Vec<u8>,
    position: usize,
    stream: TcpStream,
}

impl AsyncRead for Replayed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.position == self.bytes.len() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let end = (self.position + buffer.remaining()).min(self.bytes.len());
        buffer.put_slice(&self.bytes[self.position..end]);
        self.position = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Replayed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
