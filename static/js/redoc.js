// Redoc shows its maker's logo, from its maker's host, and has no setting against it. Our policy
// refuses that address and the console would tell: a picture of another host never gets one.

const images = HTMLImageElement.prototype;
const setAttribute = Element.prototype.setAttribute;
const source = Object.getOwnPropertyDescriptor(images, "src");

function isOurs(address) {
  return new URL(address, location.href).origin === location.origin;
}

images.setAttribute = function (name, value) {
  if (name !== "src" || isOurs(value)) setAttribute.call(this, name, value);
  // Redoc leaves out a picture that cannot be loaded.
  else setTimeout(() => this.dispatchEvent(new Event("error")));
};

Object.defineProperty(images, "src", {
  ...source,
  set(address) {
    if (isOurs(address)) source.set.call(this, address);
  },
});
