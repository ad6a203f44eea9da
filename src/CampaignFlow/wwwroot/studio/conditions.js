// Our condition language in the designer's editors: colours, completion of what a condition may name, and what is wrong under the text.
(() => {
  "use strict";
  // Over a run's values; over what a campaign has produced; over its numbers.
  const languages = ["campaignflow", "campaignflow-facts", "campaignflow-metrics"];
  const words = ["and", "or", "not", "between", "of", "is", "unknown", "true", "false"];
  let names = [];

  const ask = async (text, language) => {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const body = JSON.stringify({ text, language, definition: document.body.dataset.definition });
    const answer = await fetch("/elsa/api/conditions/check", { method: "POST", headers, body });
    return answer.ok ? (await answer.json()).problems : [];
  };

  const below = (editor) => {
    const frame = editor.getContainerDomNode();
    let line = frame.parentElement.querySelector(":scope > .condition-problem");
    if (!line) {
      line = document.createElement("div");
      line.className = "condition-problem";
      line.setAttribute("role", "status");
      line.dataset.keep = "";
      frame.after(line);
    }
    return line;
  };

  const check = async (editor) => {
    const model = editor.getModel();
    const language = model?.getLanguageId();
    if (!languages.includes(language)) {
      below(editor).textContent = "";
      return;
    }
    const text = model.getValue();
    const problems = text.trim() && !editor.getOption(monaco.editor.EditorOption.readOnly) ? await ask(text, language) : [];
    if (model.isDisposed() || model.getValue() !== text) return;
    const markers = problems.map((problem) => {
      const from = model.getPositionAt(problem.at);
      const word = model.getWordAtPosition(from);
      return { severity: monaco.MarkerSeverity.Error, message: problem.text, startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: from.lineNumber, endColumn: word?.endColumn ?? from.column + 1 };
    });
    monaco.editor.setModelMarkers(model, "conditions", markers);
    below(editor).textContent = problems.map((problem) => problem.text).join(" ");
  };

  const watch = (editor) => {
    if (!editor.onDidChangeModelContent) return;
    let soon = 0;
    const later = () => {
      clearTimeout(soon);
      soon = setTimeout(() => check(editor).catch(() => {}), 350);
    };
    editor.onDidChangeModelContent(later);
    editor.onDidChangeModelLanguage(later);
    editor.onDidChangeModel(later);
    later();
  };

  const complete = (model, position) => {
    const { startColumn, endColumn } = model.getWordUntilPosition(position);
    const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn, endColumn };
    const kinds = monaco.languages.CompletionItemKind;
    const fitting = names.filter((name) => name.language === model.getLanguageId());
    return {
      suggestions: [
        ...fitting.map(({ text, label }) => ({ label: { label: text, description: label }, filterText: `${text} ${label}`, kind: kinds.Field, insertText: text, range })),
        ...words.map((word) => ({ label: word, kind: kinds.Keyword, insertText: word, range })),
      ],
    };
  };

  const teach = () => {
    if (!globalThis.monaco?.languages) return setTimeout(teach, 100);
    for (const id of languages) {
      monaco.languages.register({ id });
      monaco.languages.setMonarchTokensProvider(id, {
        keywords: words,
        tokenizer: {
          root: [
            [/\d+(\.\d+)?%?/, "number"],
            [/[\p{L}_][\p{L}\p{N}_]*/u, { cases: { "@keywords": "keyword", "@default": "identifier" } }],
            [/"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/, "string"],
            [/[<>=!+\-*/]+/, "operator"],
          ],
        },
      });
      monaco.languages.registerCompletionItemProvider(id, { triggerCharacters: ["."], provideCompletionItems: complete });
    }
    monaco.editor.onDidCreateEditor((editor) => setTimeout(() => watch(editor), 0));
  };

  const learn = async () => {
    const answer = await fetch(`/elsa/api/conditions/names?definition=${encodeURIComponent(document.body.dataset.definition)}`);
    if (answer.ok) names = (await answer.json()).items;
  };

  teach();
  for (const moment of ["designer-loaded", "designer-saved"]) addEventListener(moment, () => document.body.dataset.definition && learn().catch(() => {}));
})();
