// Names for who does not see the designer: labels of the property panel name their fields, buttons that show only an icon say what it is.
// Where anything may be written, what is known is offered (a datalist of the page, found by the field's label).
(() => {
  "use strict";
  const mend = (field) => {
    const [label, input] = [field.querySelector("label[for]"), field.querySelector("input[type=text], textarea")];
    if (!label || !input) return;
    if (input.id) label.htmlFor = input.id;
    else input.id = label.htmlFor;
    const known = [...document.querySelectorAll("datalist[data-label]")].find((list) => list.dataset.label === label.textContent.trim());
    if (known) input.setAttribute("list", known.id);
  };

  // How a path of the icon begins.
  const icons = [
    ["M6,16h12V8H6", "Zoom to fit the screen", "适应屏幕"],
    ["M5 15H3v4c0", "Center", "居中"],
    ["M3,5v14c0,1.1", "Arrange", "自动排列"],
    ["M17 3H5c-1.11", "Save", "保存"],
    ["M19.35 10.04", "Publish", "发布"],
    ["M7 10l5 5 5-5z", "More", "更多"],
    ["M12 8c1.1 0", "More", "更多"],
    ["M8 5v14l11-7z", "Run", "运行"],
    ["M10 8.64L15.27", "Run", "运行"],
    ["M15.41 7.41L14", "Earlier tabs", "前面的标签页"],
    ["M10 6L8.59", "Later tabs", "后面的标签页"],
    ["M7,9H2V7h5", "View content", "查看内容"],
    ["M16 1H4c-1.1", "Copy", "复制"],
    ["M10 3v6l-4 11", "Test value", "测试值"],
    ["M9 16.17L4.83", "Apply", "应用修改"],
    ["M19 13h-6v6", "Add", "添加"],
    ["M3 17.25V21", "Edit", "编辑"],
    ["M14.06 9.02", "Edit", "编辑"],
    ["M3,10h11v2H3", "Edit", "编辑"],
    ["M6 19c0 1.1", "Delete", "删除"],
    ["M16 9v10H8V9", "Delete", "删除"],
    ["M19 6.41L17.59", "Close", "关闭"],
    ["M17.65 6.35", "Refresh", "刷新"],
    ["M7.41 8.59", "Open", "展开"],
    ["M7.41 15.41", "Close", "收起"],
  ];
  const name = (button) => {
    if (button.hasAttribute("aria-label") || button.title || button.textContent.trim()) return;
    const paths = [...button.querySelectorAll("path")].map((path) => path.getAttribute("d") ?? "");
    const icon = icons.find(([start]) => paths.some((path) => path.startsWith(start)));
    if (icon) button.setAttribute("aria-label", icon[document.documentElement.lang.startsWith("zh") ? 2 : 1]);
  };

  addEventListener("designer-drawn", () => {
    document.querySelectorAll("#studio .mud-input-control").forEach(mend);
    document.querySelectorAll("#studio button, #studio [role=button]").forEach(name);
  });
})();
