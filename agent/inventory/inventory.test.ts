import { chassisDescription } from "./chassis-type";
import { processor } from "./inventory";

test("cores are counted over sockets and threads over cores", () => {
  const block = (index: number, socket: number, core: number): string =>
    `processor\t: ${index}\nmodel name\t: X\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
  const cpuinfo = [block(0, 0, 0), block(1, 0, 0), block(2, 0, 1), block(3, 1, 0)].join("\n");
  expect(processor(cpuinfo)).toEqual({ totalCores: 3, totalThreads: 4 });
});

test("a processor that names no cores, as on Arm, has one for each thread", () => {
  expect(processor("processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\nBogoMIPS\t: 50\n\nHardware\t: DPU\n")).toEqual({
    totalCores: 2,
    totalThreads: 2,
  });
});

test("without any processor information the counts are 0", () => {
  expect(processor("")).toEqual({ totalCores: 0, totalThreads: 0 });
});

test("a chassis type is told in the specification's words", () => {
  expect([chassisDescription("23"), chassisDescription(""), chassisDescription("99")]).toEqual([
    "Rack mount chassis",
    "",
    "",
  ]);
});
