//! IndexedDB (<https://w3c.github.io/IndexedDB/>) as futures: three stores, transactions that are on disk when they are done.
//!
//! Version 1 kept messages among the core's records, as the core then wanted them; they are dropped, to be fetched anew.

use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbCursor, IdbCursorDirection, IdbDatabase, IdbFactory, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransaction, IdbVersionChangeEvent,
};

const NAME: &str = "igoon";
const VERSION: u32 = 2;

/// The storage key and what says whose it is: not encrypted, nothing secret that can be taken out.
pub(super) const VAULT: &str = "vault";
/// Everything else but messages, encrypted.
pub(super) const RECORDS: &str = "records";
/// The messages of all rooms, by room and place, encrypted.
pub(super) const MESSAGES: &str = "messages";

/// An open database.
pub(super) struct Database(IdbDatabase);

impl Database {
    pub(super) async fn open() -> Result<Self, JsValue> {
        Self::open_named(NAME).await
    }

    async fn open_named(name: &str) -> Result<Self, JsValue> {
        let factory: IdbFactory = Reflect::get(&js_sys::global(), &"indexedDB".into())?.dyn_into()?;
        let request = factory.open_with_u32(name, VERSION)?;
        let upgraded = request.clone();
        let upgrade = Closure::<dyn Fn(IdbVersionChangeEvent) -> Result<(), JsValue>>::new(
            move |event: IdbVersionChangeEvent| make_stores(&upgraded, event.old_version()),
        );
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

    /// A transaction over these stores. A writing one is durable once [`Transaction::finish`] returns.
    pub(super) fn transaction(&self, stores: &[&str], mode: &str) -> Result<Transaction, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin: Function = Reflect::get(&self.0, &"transaction".into())?.dyn_into()?;
        let stores: Array = stores.iter().copied().map(JsString::from).collect();
        Ok(Transaction(begin.call3(&self.0, &stores, &mode.into(), &options)?.dyn_into()?))
    }
}

impl Drop for Database {
    /// Another tab, perhaps of a newer build, may want to make its stores.
    fn drop(&mut self) {
        self.0.close();
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

    /// All keys and values of a store, by key.
    pub(super) async fn all(&self, store: &str) -> Result<Vec<(String, JsValue)>, JsValue> {
        let store = self.store(store)?;
        let (keys, values) = (store.get_all_keys()?, store.get_all()?);
        pairs(&keys, &values).await
    }

    /// At most `count` keys and values from `first` on to `last`, both included, by key.
    pub(super) async fn range(
        &self,
        store: &str,
        (first, last): (&str, &str),
        count: u32,
    ) -> Result<Vec<(String, JsValue)>, JsValue> {
        let store = self.store(store)?;
        let range = IdbKeyRange::bound(&first.into(), &last.into())?;
        let keys = store.get_all_keys_with_key_and_limit(&range, count)?;
        let values = store.get_all_with_key_and_limit(&range, count)?;
        pairs(&keys, &values).await
    }

    /// How many keys there are from `first` on to `last`, both included.
    pub(super) async fn count(&self, store: &str, (first, last): (&str, &str)) -> Result<u64, JsValue> {
        let range = IdbKeyRange::bound(&first.into(), &last.into())?;
        let count = done(&self.store(store)?.count_with_key(&range)?).await?.as_f64();
        Ok(count.map_or(0, whole))
    }

    /// The key that is `steps` before the last one from `first` on to `last`; the first one there when there are not so many.
    pub(super) async fn key_before(
        &self,
        store: &str,
        (first, last): (&str, &str),
        steps: u32,
    ) -> Result<Option<String>, JsValue> {
        let store = self.store(store)?;
        let range = IdbKeyRange::bound(&first.into(), &last.into())?;
        let request = store.open_key_cursor_with_range_and_direction(&range, IdbCursorDirection::Prev)?;
        let Ok(cursor) = done(&request).await?.dyn_into::<IdbCursor>() else { return Ok(None) };
        if steps > 0 {
            cursor.advance(steps)?;
            if done(&request).await?.is_null() {
                let keys = done(&store.get_all_keys_with_key_and_limit(&range, 1)?).await?;
                return Ok(Array::from(&keys).get(0).as_string());
            }
        }
        Ok(cursor.key()?.as_string())
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

fn make_stores(request: &IdbOpenDbRequest, old_version: f64) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.dyn_into()?;
    if old_version < 1.0 {
        database.create_object_store(VAULT)?;
        database.create_object_store(RECORDS)?;
    } else if let Some(upgrade) = request.transaction() {
        drop_items(upgrade.object_store(RECORDS)?)?;
    }
    database.create_object_store(MESSAGES).map(drop)
}

/// Drops the records in which version 1 kept the places of streams: `room/{room}/item/{seq}`.
fn drop_items(records: IdbObjectStore) -> Result<(), JsValue> {
    let keys = records.get_all_keys()?;
    let listed = keys.clone();
    let drop_them = Closure::once_into_js(move || -> Result<(), JsValue> {
        for key in Array::from(&listed.result()?).iter().filter_map(|key| key.as_string()) {
            if key.starts_with("room/") && key.contains("/item/") {
                records.delete(&key.into())?;
            }
        }
        Ok(())
    });
    keys.set_onsuccess(Some(drop_them.unchecked_ref()));
    Ok(())
}

async fn pairs(keys: &IdbRequest, values: &IdbRequest) -> Result<Vec<(String, JsValue)>, JsValue> {
    let (keys, values): (Array, Array) = (done(keys).await?.dyn_into()?, done(values).await?.dyn_into()?);
    Ok(keys.iter().zip(values.iter()).filter_map(|(key, value)| Some((key.as_string()?, value))).collect())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; the cast saturates")]
const fn whole(count: f64) -> u64 {
    count as u64
}

async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}
