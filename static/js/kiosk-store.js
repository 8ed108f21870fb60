// The cards on this tablet, in IndexedDB: they outlast a reload, a crash and a dead battery. Also the one being typed.
(function () {
  "use strict";

  let opened = null;

  function open(name) {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(`leadcrm-kiosk-${name}`, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("cards", { keyPath: "id" });
        request.result.createObjectStore("drafts");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  // Runs `work` with the stores and resolves, with what its request found, once all of it is on the disk.
  async function change(mode, work) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(["cards", "drafts"], mode, { durability: "strict" });
      const request = work(transaction.objectStore("cards"), transaction.objectStore("drafts"));
      transaction.oncomplete = () => resolve(request && request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  window.kioskStore = {
    open(name) {
      opened = open(name);
      // Asks the browser not to clear it away when space runs short; without its consent all works the same.
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      return opened;
    },
    all: () => change("readonly", (cards) => cards.getAll()),
    // The card is kept and what was typed is forgotten in one go: never both, never neither.
    keep: (card) => change("readwrite", (cards, drafts) => {
      drafts.delete("typed");
      return cards.put(card);
    }),
    mark: (card) => change("readwrite", (cards) => cards.put(card)),
    drop: (id) => change("readwrite", (cards) => cards.delete(id)),
    draft: () => change("readonly", (cards, drafts) => drafts.get("typed")),
    keepDraft: (draft) => change("readwrite", (cards, drafts) => drafts.put(draft, "typed")),
    dropDraft: () => change("readwrite", (cards, drafts) => drafts.delete("typed")),
  };
})();
