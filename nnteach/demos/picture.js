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
    const old = image.src;
    image.src = URL.createObjectURL(new Blob([model.get("jpeg")], { type: "image/jpeg" }));
    image.alt = model.get("title");
    sentence.textContent = model.get("say");
    if (old) URL.revokeObjectURL(old);
  };
  model.on("change:jpeg", update);
  update();
  return () => {
    model.off("change:jpeg", update);
    URL.revokeObjectURL(image.src);
  };
}

export default { render };
