// @ts-check
// The picture of a demo, drawn by Python, and the sentence that says what is seen.

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const image = document.createElement("img"), sentence = document.createElement("div");
  image.className = "nnteach-picture";
  sentence.className = "nnteach-say";
  sentence.setAttribute("role", "status");
  sentence.setAttribute("aria-live", "polite");
  el.append(image, sentence);
  const update = () => {
    // As a data: address it is there at once; an address made by createObjectURL would be asked of another process.
    const reader = new FileReader(), say = model.get("say");
    reader.onload = () => {
      image.src = /** @type {string} */ (reader.result);
      image.alt = model.get("title");
      sentence.textContent = say;
    };
    reader.readAsDataURL(new Blob([model.get("jpeg")], { type: "image/jpeg" }));
  };
  model.on("change:jpeg", update);
  update();
  return () => model.off("change:jpeg", update);
}

export default { render };
