using System.Globalization;
using Pyflame.Bench.Reporting;
using Pyflame.ExportBench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"{Machine.Processor}, {Environment.ProcessorCount} processors, {Machine.Kernel}, load {Machine.Load}\n");
DirectoryInfo folder = Directory.CreateTempSubdirectory("pyflame-export-bench-");
try
{
    switch (args)
    {
        case ["formats", var pyflame, .. var names]:
            Console.Write(FormatTable.Measure(pyflame, names, folder.FullName));
            return 0;
        case ["pages", .. var chromium]:
            Console.Write(await PageTable.MeasureAsync(chromium is [var path] ? path : "/usr/bin/chromium", folder.FullName));
            return 0;
        default:
            Console.Error.WriteLine("usage: pyflame-export-bench formats PYFLAME [NAME...] | pages [CHROMIUM]");
            return 2;
    }
}
finally
{
    folder.Delete(recursive: true);
}
