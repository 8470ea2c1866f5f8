using Pyflame.Bench.Commands;

return args is [var verb, .. var words]
    ? verb switch
    {
        "run" => RunCommand.Run(words),
        "record" => RecordCommand.Run(words),
        "read-rate" => ReadRateCommand.Run(words),
        _ => Usage(),
    }
    : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: pyflame-bench run|record|read-rate --option=value...; bench/run.sh --help tells more");
    return 2;
}
