// A map on one canvas. Polygons are paths in whole numbers; five thousand of them redraw in a few
// hundredths of a second, and while a hand drags, the last picture is moved instead.
export class AreaMap {
  constructor(canvas, geo, handlers) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.geo = geo;
    this.handlers = handlers;
    this.units = geo.units.map(shapeOf);
    this.districts = geo.districts.map(shapeOf);
    this.zones = (geo.zones || []).map(shapeOf);
    this.colours = [];
    this.shown = () => true;
    this.selected = -1;
    this.hovered = -1;
    this.marker = null;
    this.zoneLayer = null;
    this.picture = document.createElement("canvas");
    this.listen();
    this.fit();
  }

  fit() {
    const { width, height } = this.size();
    if (!width || !height) return;
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = height * devicePixelRatio;
    const [w, h] = this.geo.size;
    const scale = Math.min((width - 24) / w, (height - 24) / h);
    this.home = { scale, x: (width - w * scale) / 2, y: (height - h * scale) / 2 };
    this.view = { ...this.home };
    this.draw();
  }

  size() { return { width: this.canvas.clientWidth, height: this.canvas.clientHeight }; }

  paint(colours, shown) { this.colours = colours; this.shown = shown; this.draw(); }

  select(index) { this.selected = index; this.mark(); }

  draw() {
    if (!this.view) return;
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.drawAreas(this.context, this.canvas.width, this.canvas.height);
      this.keep();
      this.drawMarks(this.context);
    });
  }

  // What the pointer or a choice marks is drawn over the kept picture; the areas stay as they are.
  mark() {
    const { kept, view } = this;
    if (!kept || kept.scale !== view.scale || kept.x !== view.x || kept.y !== view.y) { this.draw(); return; }
    if (this.waiting || this.marking) return;
    this.marking = requestAnimationFrame(() => {
      this.marking = 0;
      this.context.setTransform(1, 0, 0, 1, 0, 0);
      this.context.drawImage(this.picture, 0, 0);
      this.drawMarks(this.context);
    });
  }

  keep() {
    this.picture.width = this.canvas.width;
    this.picture.height = this.canvas.height;
    this.picture.getContext("2d").drawImage(this.canvas, 0, 0);
    this.kept = { ...this.view };
  }

  // Sets coordinates of the map; returns the width of a pixel in them.
  place(context) {
    const ratio = devicePixelRatio;
    const { scale, x, y } = this.view;
    context.setTransform(scale * ratio, 0, 0, scale * ratio, x * ratio, y * ratio);
    context.lineJoin = "round";
    return 1 / scale;
  }

  drawAreas(context, width, height) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    const line = this.place(context);
    context.lineWidth = 0.6 * line;
    context.strokeStyle = "#ffffff";
    this.units.forEach((unit, i) => {
      context.fillStyle = this.shown(i) ? this.colours[i] || "#e4e4e4" : "#f3f3f1";
      context.fill(unit.path, "evenodd");
      context.stroke(unit.path);
    });
    if (this.zoneLayer) {
      context.lineWidth = 1.1 * line;
      context.strokeStyle = "#1c4e80";
      context.setLineDash([4 * line, 3 * line]);
      this.zoneLayer.forEach((i) => context.stroke(this.zones[i].path));
      context.setLineDash([]);
    }
    context.lineWidth = 1.2 * line;
    context.strokeStyle = "#5b5b5b";
    this.districts.forEach((district) => context.stroke(district.path));
  }

  drawMarks(context) {
    const line = this.place(context);
    for (const [index, colour, wide] of [[this.hovered, "#333333", 1.6], [this.selected, "#000000", 2.6]]) {
      if (index < 0) continue;
      context.lineWidth = wide * line;
      context.strokeStyle = colour;
      context.stroke(this.units[index].path);
    }
    if (this.marker) {
      context.beginPath();
      context.arc(this.marker[0], this.marker[1], 6 * line, 0, 7);
      context.fillStyle = "#b3132b";
      context.fill();
      context.lineWidth = 2 * line;
      context.strokeStyle = "#ffffff";
      context.stroke();
    }
  }

  drag() {
    const ratio = devicePixelRatio;
    const grown = this.view.scale / this.kept.scale;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.fillStyle = "#ffffff";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.setTransform(grown, 0, 0, grown, (this.view.x - this.kept.x * grown) * ratio, (this.view.y - this.kept.y * grown) * ratio);
    this.context.drawImage(this.picture, 0, 0);
    this.drawMarks(this.context);
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.draw(), 120);
  }

  zoom(factor, cx = this.size().width / 2, cy = this.size().height / 2) {
    const scale = Math.min(Math.max(this.view.scale * factor, this.home.scale * 0.7), this.home.scale * 60);
    const real = scale / this.view.scale;
    this.view = { scale, x: cx - (cx - this.view.x) * real, y: cy - (cy - this.view.y) * real };
    this.drag();
  }

  move(dx, dy) { this.view.x += dx; this.view.y += dy; this.drag(); }

  world(px, py) { return [(px - this.view.x) / this.view.scale, (py - this.view.y) / this.view.scale]; }

  at(wx, wy) { return this.units.findIndex((unit) => holds(this.context, unit, wx, wy)); }

  // A point inside a unit: the first of a coarse lattice over its box that it holds.
  inside(index) {
    const [west, north, east, south] = this.units[index].box;
    for (const parts of [2, 4, 8, 16, 32]) {
      for (let i = 1; i < parts; i += 1) {
        for (let j = 1; j < parts; j += 1) {
          const point = [west + ((east - west) * i) / parts, north + ((south - north) * j) / parts];
          if (holds(this.context, this.units[index], ...point)) return point;
        }
      }
    }
    return [west, north];
  }

  zonesAt(wx, wy) { return this.zones.flatMap((zone, i) => (holds(this.context, zone, wx, wy) ? [i] : [])); }

  listen() {
    const place = (event) => { const box = this.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    let from = null;
    let moved = false;
    this.canvas.addEventListener("pointerdown", (event) => { from = place(event); moved = false; this.canvas.setPointerCapture(event.pointerId); });
    this.canvas.addEventListener("pointermove", (event) => {
      const now = place(event);
      if (from) {
        const [dx, dy] = [now[0] - from[0], now[1] - from[1]];
        if (moved || Math.hypot(dx, dy) > 3) { moved = true; from = now; this.move(dx, dy); }
        return;
      }
      const found = this.at(...this.world(...now));
      if (found !== this.hovered) { this.hovered = found; this.mark(); }
      this.handlers.hover(found, event.clientX, event.clientY);
    });
    this.canvas.addEventListener("pointerup", (event) => {
      const clicked = from && !moved;
      from = null;
      if (clicked) { const world = this.world(...place(event)); this.handlers.click(this.at(...world), world); }
    });
    this.canvas.addEventListener("pointerleave", () => { this.hovered = -1; this.handlers.hover(-1); this.mark(); });
    this.canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...place(event)); }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => {
      const acts = { ArrowLeft: () => this.move(40, 0), ArrowRight: () => this.move(-40, 0), ArrowUp: () => this.move(0, 40), ArrowDown: () => this.move(0, -40), "+": () => this.zoom(1.25), "=": () => this.zoom(1.25), "-": () => this.zoom(0.8), 0: () => this.fit() };
      if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
    });
    new ResizeObserver(() => this.fit()).observe(this.canvas);
  }
}

function holds(context, shape, x, y) {
  const [west, north, east, south] = shape.box;
  if (x < west || x > east || y < north || y > south) return false;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const inside = context.isPointInPath(shape.path, x, y, "evenodd");
  context.restore();
  return inside;
}

// Rings come as first point and steps: [x, y, dx, dy, dx, dy, ...].
function shapeOf(rings) {
  const path = new Path2D();
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    let [x, y] = [0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      x += ring[i];
      y += ring[i + 1];
      if (i === 0) path.moveTo(x, y); else path.lineTo(x, y);
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
    path.closePath();
  }
  return { path, box };
}
