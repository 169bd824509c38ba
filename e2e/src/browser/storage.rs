//! What pages have stored in a browser, looked at and changed behind their back: where the server answers by itself, so that
//! nothing of the app runs meanwhile.

use serde_json::{Value, json};

use super::Browser;

/// For scripts: requests and transactions of IndexedDB as promises, and a database's contents.
const HELPERS: &str = "\
    const asked = request => new Promise((resolve, reject) => { \
        request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error) }); \
    const finished = transaction => new Promise((resolve, reject) => { \
        transaction.oncomplete = resolve; transaction.onabort = () => reject(transaction.error) }); \
    const entries = async (database, name) => { \
        const store = database.transaction(name).objectStore(name); \
        const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]); \
        return keys.map((key, place) => [key, values[place]]) };";

impl Browser {
    /// Runs a script where nothing of the app runs, with `asked`, `finished` and `entries` for IndexedDB; what it returns.
    ///
    /// # Panics
    /// When it fails.
    pub async fn behind_the_page(&self, url: &str, script: &str) -> Value {
        self.open(&format!("{url}/health/live")).await;
        let script = format!(
            "const done = arguments[arguments.length - 1]; {HELPERS} (async () => {{ {script} }})() \
                .then(value => done({{value: value ?? null}}), failed => done({{failed: String(failed)}}))"
        );
        let answer = self.script_async(&script).await;
        assert_eq!(answer.get("failed"), None);
        answer["value"].clone()
    }

    /// Clears everything that pages of this server have stored, except cookies: what a person does, or a browser whose disk is
    /// full.
    pub async fn clear_storage(&self, url: &str) {
        let script = "localStorage.clear(); \
            for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister(); \
            for (const name of await caches.keys()) await caches.delete(name); \
            for (const {name} of await indexedDB.databases()) await asked(indexedDB.deleteDatabase(name));";
        self.behind_the_page(url, script).await;
    }

    /// Changes a byte of a stored record, as a bad disk does: of the first whose name begins and ends so.
    ///
    /// # Panics
    /// When there is none.
    pub async fn damage(&self, url: &str, store: &str, (begins, ends): (&str, &str)) {
        let script = format!(
            "const database = await asked(indexedDB.open('igoon')); \
             const all = await entries(database, {store}); \
             const [name, value] = all.find(([name]) => name.startsWith({begins}) && name.endsWith({ends})); \
             value[value.length - 1] ^= 1; \
             const transaction = database.transaction({store}, 'readwrite'); \
             transaction.objectStore({store}).put(value, name); \
             await finished(transaction); \
             database.close();",
            store = json!(store),
            begins = json!(begins),
            ends = json!(ends),
        );
        self.behind_the_page(url, &script).await;
    }

    /// Waits until the browser keeps the app, so that it opens without the server.
    pub async fn until_kept(&self) {
        let kept = "navigator.serviceWorker.ready.then(() => arguments[arguments.length - 1](true))";
        assert_eq!(self.script_async(kept).await, true);
    }

    /// Lets pages of this server store so many bytes in all, or as many as the browser likes. Chromium only.
    pub async fn let_store(&self, url: &str, bytes: Option<u64>) {
        let mut parameters = json!({"origin": url});
        if let Some(bytes) = bytes {
            parameters["quotaSize"] = json!(bytes);
        }
        self.devtools("Storage.overrideQuotaForOrigin", parameters).await;
    }
}
