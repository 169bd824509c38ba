//! One WebSocket: binary frames in, binary frames out. Dropped, it is closed and says nothing more.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What a socket tells.
#[derive(Debug)]
pub enum Wire {
    /// It is open.
    Opened,
    /// It would be open, but the other side agreed to an extension of WebSocket's, which is to compress: see RFC 7692. The protocol
    /// has none, and browsers offer it without being asked.
    Compressed,
    /// A frame came.
    Frame(Vec<u8>),
    /// It is gone, or never opened: the close code, RFC 6455, section 7.4.
    Closed(u16),
}

/// See the module.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket,
    _opened: Closure<dyn Fn()>,
    _closed: Closure<dyn Fn(CloseEvent)>,
    _frame: Closure<dyn Fn(MessageEvent)>,
}

impl Socket {
    /// Begins to connect. `tell` is called for everything that happens.
    ///
    /// # Errors
    /// The browser's, when the address is none or is not permitted.
    pub fn connect(url: &str, protocols: &[String], tell: impl Fn(Wire) + Clone + 'static) -> Result<Self, JsValue> {
        let protocols: Array = protocols.iter().map(|protocol| JsValue::from(protocol.as_str())).collect();
        let socket = WebSocket::new_with_str_sequence(url, &protocols)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (on_open, on_close) = (tell.clone(), tell.clone());
        let own = socket.clone();
        let opened = Closure::<dyn Fn()>::new(move || {
            on_open(if own.extensions().is_empty() { Wire::Opened } else { Wire::Compressed });
        });
        let closed = Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| on_close(Wire::Closed(event.code())));
        let frame = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            // A text frame has no meaning in the protocol.
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                tell(Wire::Frame(Uint8Array::new(&buffer).to_vec()));
            }
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(frame.as_ref().unchecked_ref()));
        Ok(Self { socket, _opened: opened, _closed: closed, _frame: frame })
    }

    /// Sends a frame; drops it if the socket is not open: the core sends again what was not answered.
    pub fn send(&self, frame: &[u8]) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_u8_array(frame);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        self.socket.set_onmessage(None);
        let _ = self.socket.close();
    }
}
