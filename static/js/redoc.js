// Redoc shows its vendor's logo, loads it from the vendor's host, and has no setting to stop that.
// Our content policy blocks that host, and the browser would log an error for each page: so an image
// never gets an address on another host.

const images = HTMLImageElement.prototype;
const setAttribute = Element.prototype.setAttribute;
const source = Object.getOwnPropertyDescriptor(images, "src");

function isOurs(address) {
  return new URL(address, location.href).origin === location.origin;
}

images.setAttribute = function (name, value) {
  if (name !== "src" || isOurs(value)) {
    setAttribute.call(this, name, value);
  } else {
    // Redoc leaves out an image that fails to load.
    setTimeout(() => this.dispatchEvent(new Event("error")));
  }
};

Object.defineProperty(images, "src", {
  ...source,
  set(address) {
    if (isOurs(address)) {
      source.set.call(this, address);
    }
  },
});
