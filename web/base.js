// The base code: makes window.alloy, which keeps every call until the tracker is there. Also safe to load twice.
// An item of a queue is [resolve, reject, arguments, options as JSON text at the moment of the call, that moment].
(function (page, names) {
  names.forEach(function (name) {
    if (page[name]) return;
    (page.__alloyNS = page.__alloyNS || []).push(name);
    page[name] = function () {
      var given = arguments;
      var promise = new Promise(function (resolve, reject) {
        var item = [resolve, reject, given];
        try {
          item.push(JSON.stringify(given[1]), Date.now());
        } catch (error) {}
        page[name].q.push(item);
      });
      // A call whose promise nobody looks at must not end as an unhandled rejection of the page; the tracker logs it.
      promise.catch(function () {});
      return promise;
    };
    page[name].q = [];
  });
})(window, ["alloy"]);
