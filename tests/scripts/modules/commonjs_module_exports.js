module.exports = {
  options: { iterations: 1 },
  default: function () { console.log("from module.exports", typeof require); },
};
