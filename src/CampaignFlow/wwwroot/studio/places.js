// Where the designer would go by itself (a run it started, a copy it made, a definition it names), the server knows our page for it.
(() => {
  "use strict";
  for (const name of ["pushState", "replaceState"]) {
    const stay = history[name];
    history[name] = function (state, title, to) {
      const place = to === undefined || to === null ? location : new URL(to, document.baseURI);
      if (place.pathname === location.pathname) return stay.apply(this, arguments);
      location.assign(place);
    };
  }
})();
