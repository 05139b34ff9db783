export default function () {
  const { y, m, d } = "2024-05-06".match(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/).groups;
  console.log(d, m, y);
  console.log("2024-05-06".replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/, "$<d>.$<m>.$<y>"));
}
