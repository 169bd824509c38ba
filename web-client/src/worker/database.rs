//! IndexedDB (<https://w3c.github.io/IndexedDB/>) as futures: two stores, transactions that are on disk when they are done.

use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const NAME: &str = "igoon";
const VERSION: u32 = 1;

/// The storage key and what says whose it is: not encrypted, nothing secret that can be taken out.
pub(super) const VAULT: &str = "vault";
/// Everything else, encrypted.
pub(super) const RECORDS: &str = "records";

/// An open database.
pub(super) struct Database(IdbDatabase);

impl Database {
    pub(super) async fn open() -> Result<Self, JsValue> {
        let factory: IdbFactory = Reflect::get(&js_sys::global(), &"indexedDB".into())?.dyn_into()?;
        let request = factory.open_with_u32(NAME, VERSION)?;
        let upgraded = request.clone();
        let upgrade = Closure::<dyn Fn() -> Result<(), JsValue>>::new(move || make_stores(&upgraded));
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        Ok(Self(done(&request).await?.dyn_into()?))
    }

    /// Calls `gone` when it is taken away while it is open: removed by the person or by the browser.
    pub(super) fn on_gone(&self, gone: impl Fn() + 'static) {
        let open = self.0.clone();
        let let_go = Closure::<dyn Fn()>::new(move || {
            // Whoever wants to remove it waits until all have let go of it.
            open.close();
            gone();
        });
        let let_go = let_go.into_js_value();
        self.0.set_onversionchange(Some(let_go.unchecked_ref()));
        self.0.set_onclose(Some(let_go.unchecked_ref()));
    }

    /// A transaction over both stores. A writing one is durable once [`Transaction::finish`] returns.
    pub(super) fn transaction(&self, mode: &str) -> Result<Transaction, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin: Function = Reflect::get(&self.0, &"transaction".into())?.dyn_into()?;
        let stores: Array = [VAULT, RECORDS].into_iter().map(JsString::from).collect();
        Ok(Transaction(begin.call3(&self.0, &stores, &mode.into(), &options)?.dyn_into()?))
    }
}

/// A transaction. It ends by itself when nothing is asked of it and its last answer was looked at: await nothing else
/// between two of its calls.
pub(super) struct Transaction(IdbTransaction);

impl Transaction {
    fn store(&self, store: &str) -> Result<IdbObjectStore, JsValue> {
        self.0.object_store(store)
    }

    /// The value of a key; undefined if there is none.
    pub(super) async fn get(&self, store: &str, key: &str) -> Result<JsValue, JsValue> {
        done(&self.store(store)?.get(&key.into())?).await
    }

    /// Whether a store has no entry.
    pub(super) async fn is_empty(&self, store: &str) -> Result<bool, JsValue> {
        Ok(done(&self.store(store)?.count()?).await?.as_f64() == Some(0.0))
    }

    /// All keys and all values of a store, in the same order.
    pub(super) async fn all(&self, store: &str) -> Result<(Array, Array), JsValue> {
        let store = self.store(store)?;
        let (keys, values) = (store.get_all_keys()?, store.get_all()?);
        Ok((done(&keys).await?.dyn_into()?, done(&values).await?.dyn_into()?))
    }

    pub(super) fn put(&self, store: &str, key: &str, value: &JsValue) -> Result<(), JsValue> {
        self.store(store)?.put_with_key(value, &key.into()).map(drop)
    }

    pub(super) fn delete(&self, store: &str, key: &str) -> Result<(), JsValue> {
        self.store(store)?.delete(&key.into()).map(drop)
    }

    pub(super) fn clear(&self, store: &str) -> Result<(), JsValue> {
        self.store(store)?.clear().map(drop)
    }

    /// Undoes everything.
    pub(super) fn abort(&self) {
        let _ = self.0.abort();
    }

    /// Waits until everything is on disk, or fails with everything undone.
    pub(super) async fn finish(self) -> Result<(), JsValue> {
        let promise = Promise::new(&mut |resolve, reject| {
            self.0.set_oncomplete(Some(&resolve));
            self.0.set_onabort(Some(&reject));
        });
        let finished = JsFuture::from(promise).await;
        finished.map(drop).map_err(|event| self.0.error().map_or(event, Into::into))
    }
}

fn make_stores(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.dyn_into()?;
    database.create_object_store(VAULT)?;
    database.create_object_store(RECORDS)?;
    Ok(())
}

async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}
