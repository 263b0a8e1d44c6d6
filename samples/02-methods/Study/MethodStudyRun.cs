using System.Diagnostics;
using System.Globalization;
using MethodStudy.Output;

namespace MethodStudy.Study;

/// <summary>The whole study: trials one after another, then table, plots and page. Trials that are not run again are taken from the last run.</summary>
/// <param name="home">Directory of all results.</param>
internal sealed class MethodStudyRun(string home)
{
    private static readonly string[] OverSizes = ["prompt", "lora", Candidates.Baseline];

    private readonly StepClock _clock = new(Path.Combine(home, "step-times.json"));

    private static IEnumerable<string> Names => [.. Candidates.All.Select(candidate => candidate.Name), Prompting.Name];

    /// <summary>Runs it.</summary>
    /// <param name="names">Candidates to try; all of them, on three sizes of base where it says so, if empty.</param>
    internal void Run(string[] names)
    {
        string[] chosen = names is [] ? [.. Names] : names;
        IEnumerable<TrialOrder> onShipped = chosen.Select(name => new TrialOrder(name, Classroom.ShippedBase, MethodFile(name)));
        var watch = Stopwatch.StartNew();
        Try([.. onShipped, .. names is [] ? OnOtherSizes : []], watch);
        _clock.Run(chosen.Where(name => name != Prompting.Name));
        Report();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMinutes:F1} minutes; everything is in {home}"));
    }

    /// <summary>Runs the methods over the other sizes alone.</summary>
    internal void RunSizes()
    {
        Try([.. OnOtherSizes], Stopwatch.StartNew());
        Report();
    }

    /// <summary>Draws table, plots and page from the results that there are.</summary>
    internal void Report()
    {
        Measurement[] methods = [.. Names.Select(MethodFile).Where(File.Exists).Select(Measurement.Read)];
        SizeResult[] sizes =
        [
            .. from size in BaseLadder.Names
               from name in OverSizes
               let path = SizeFile(size, name)
               where File.Exists(path)
               select new SizeResult(size, Measurement.Read(path)),
        ];
        StudyReport.Write(home, methods, sizes, _clock.Ratios);
    }

    private IEnumerable<TrialOrder> OnOtherSizes =>
        from size in BaseLadder.Names
        where size != BaseLadder.Shipped
        from name in OverSizes
        select new TrialOrder(name, BaseLadder.Directory(size), SizeFile(size, name));

    // The long ones first, so that no core waits at the end.
    private static void Try(IReadOnlyList<TrialOrder> orders, Stopwatch watch) =>
        TrialProcess.RunAll(orders.OrderByDescending(order => Candidates.All.FirstOrDefault(candidate => candidate.Name == order.Name)?.Plan.Epochs ?? 0), measured => Tell(measured, watch));

    private string MethodFile(string name) => Path.Combine(home, "methods", $"{name}.json");

    // On the shipped base the trial is the table's.
    private string SizeFile(string size, string name) =>
        size == BaseLadder.Shipped ? MethodFile(name) : Path.Combine(home, "sizes", size, $"{name}.json");

    private static void Tell(Measurement measured, Stopwatch watch) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{watch.Elapsed:mm\\:ss}  {measured.Title,-32} {(measured.Refused is { } reason ? reason : $"{measured.Full:P1} right, trained {measured.Seconds:F0} s")}"));
}
