globalThis.designerWords = [];
