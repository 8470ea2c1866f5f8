namespace Pyflame.ExportBench;

/// <summary>Times of one page, each the least of several runs, in milliseconds.</summary>
/// <param name="Open">From the address to the page drawn and ready.</param>
/// <param name="OpenWork">The processor time that the page's main thread took of it.</param>
/// <param name="ZoomFrame">Processor time of the main thread for one picture of a zoom.</param>
/// <param name="Search">From the last letter typed to the matches drawn.</param>
internal sealed record PageTimes(double Open, double OpenWork, double ZoomFrame, double Search);
