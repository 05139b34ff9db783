// k6/x/kv: CSV, JSON lines, backups.
(function (native) {
  "use strict";
  const { KvError, options, typed, most, bound, prefixOf, file, delimiterOf, csv, columnsOf } = native.arguments;
  const { told } = native.handle;

  // What a look at a file found; `place` is what the lines of such a file are called.
  function found(count, [records, bytesRead, checkedAll, error], fileName, place) {
    const result = { valid: error === undefined, [count]: records, bytesRead, checkedAll };
    if (error !== undefined) {
      // The host's words begin with the name of the file and the line.
      const line = /^line (\d+):/.exec(error.slice(`"${fileName}" `.length));
      result.firstError = { [place]: Number(line?.[1] ?? 0), name: "ValueParseError", message: error };
    }
    return result;
  }

  return class {
    async importCSV(settings) {
      const [given, format] = csv(settings, "importCSV");
      const [imported, bytesRead] = native.importCsv(...format, bound(given, "limit"), bound(given, "batchSize"));
      return { imported, fileName: format[0], bytesRead };
    }

    async validateCSV(settings) {
      const [given, format] = csv(settings, "validateCSV");
      return found("rows", native.validateCsv(...format, most(given, "limit")), format[0], "row");
    }

    async exportCSV(settings) {
      const [given, fileName] = file(settings, "exportCSV");
      const [exported, bytesWritten] = native.exportCsv(
        fileName, prefixOf(given), columnsOf(given),
        typed(given, "includeKey", "boolean", true), delimiterOf(given), most(given, "limit"),
      );
      return { exported, fileName, bytesWritten };
    }

    async importJSONL(settings) {
      const [given, fileName] = file(settings, "importJSONL");
      const [imported, bytesRead] = native.importJsonl(fileName, most(given, "limit"), most(given, "batchSize"));
      return { imported, fileName, bytesRead };
    }

    async validateJSONL(settings) {
      const [given, fileName] = file(settings, "validateJSONL");
      return found("records", native.validateJsonl(fileName, most(given, "limit")), fileName, "line");
    }

    async exportJSONL(settings) {
      const [given, fileName] = file(settings, "exportJSONL");
      const [exported, bytesWritten] = native.exportJsonl(fileName, prefixOf(given), most(given, "limit"));
      return { exported, fileName, bytesWritten };
    }

    async backup(settings) {
      if (settings === undefined || settings === null) {
        throw new KvError("BackupOptionsRequiredError", "backup needs options, such as { fileName: 'a.kv' }");
      }
      const { backend, path } = this[told];
      const [given, fileName] = file(settings, "backup", path);
      // Writers are never held up, and what is written is always as of one moment. A memory store
      // in k6 can do only one of these, so scripts ask whether they got the first.
      const bestEffort = typed(given, "allowConcurrentWrites", "boolean", false) && backend === "memory";
      const [totalEntries, bytesWritten] = native.backup(fileName);
      const warning = bestEffort ? "what was written while the backup was made is not in it" : "";
      return { totalEntries, bytesWritten, bestEffort, warning };
    }

    async restore(settings) {
      if (settings === undefined || settings === null) {
        throw new KvError("RestoreOptionsRequiredError", "restore needs options, such as { fileName: 'a.kv' }");
      }
      const [given, fileName] = file(settings, "restore", this[told].path);
      return { totalEntries: native.restore(fileName, most(given, "maxEntries"), most(given, "maxBytes")) };
    }
  };
});
