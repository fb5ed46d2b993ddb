// The base code: makes window.alloy, which keeps every call until the tracker is there. Also safe to load twice.
// An item of a queue is [resolve, reject, arguments, options as JSON text at the moment of the call, that moment].
(function (page, names, Promise, text) {
  // An old library may have given all arrays a toJSON that makes texts of them: what was given is written instead.
  function given(key, made) {
    var own = this[key];
    return own && (own.toJSON === [].toJSON || own.toJSON === {}.toJSON) ? own : made;
  }
  names.forEach(function (name) {
    // An element with that id is no function.
    if (typeof page[name] == "function") return;
    var list = page.__alloyNS;
    (list && list.push ? list : (page.__alloyNS = [])).push(name);
    page[name] = function () {
      var call = arguments;
      var promise = new Promise(function (resolve, reject) {
        var item = [resolve, reject, call];
        try {
          item.push(text(call[1], [].toJSON && given), Date.now());
        } catch (error) {}
        page[name].q.push(item);
      });
      // A call whose promise nobody looks at must not end as an unhandled rejection of the page; the tracker logs it.
      promise.catch(function () {});
      return promise;
    };
    page[name].q = [];
  });
})(window, ["alloy"], Promise, JSON.stringify);
