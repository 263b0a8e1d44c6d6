using System.Diagnostics;
using System.Globalization;
using MethodStudy.Output;

namespace MethodStudy.Study;

/// <summary>The whole study: trials one after another, then table, plots and page. Trials that are not run again are taken from the last run.</summary>
/// <param name="home">Directory of all results.</param>
internal sealed class MethodStudyRun(string home)
{
    private static readonly string[] OverSizes = ["prompt", "lora", "full"];

    private static IEnumerable<string> Names => [.. Candidates.All.Select(candidate => candidate.Name), Prompting.Name];

    /// <summary>Runs it.</summary>
    /// <param name="names">Candidates to try; all of them and the three base sizes if empty.</param>
    internal void Run(string[] names)
    {
        var watch = Stopwatch.StartNew();
        foreach (string name in names is [] ? Names : names)
        {
            Tell(TrialProcess.Start(name, Classroom.ShippedBase, MethodFile(name)), watch);
        }

        if (names is [])
        {
            ClimbLadder(watch);
        }

        Report();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMinutes:F1} minutes; everything is in {home}"));
    }

    /// <summary>Runs the methods over the sizes alone.</summary>
    internal void RunSizes()
    {
        ClimbLadder(Stopwatch.StartNew());
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
        StudyReport.Write(home, methods, sizes);
    }

    private void ClimbLadder(Stopwatch watch)
    {
        foreach (string size in BaseLadder.Names.Where(size => size != BaseLadder.Shipped))
        {
            string directory = BaseLadder.Directory(size, Path.Combine(home, "bases"));
            foreach (string name in OverSizes)
            {
                Tell(TrialProcess.Start(name, directory, SizeFile(size, name)), watch);
            }
        }
    }

    private string MethodFile(string name) => Path.Combine(home, "methods", $"{name}.json");

    // On the shipped base the trial is the table's.
    private string SizeFile(string size, string name) =>
        size == BaseLadder.Shipped ? MethodFile(name) : Path.Combine(home, "sizes", size, $"{name}.json");

    private static void Tell(Measurement measured, Stopwatch watch) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{watch.Elapsed:mm\\:ss}  {measured.Title,-32} {(measured.Refused is { } reason ? reason : $"{measured.Full:P1} right, trained {measured.Seconds:F0} s")}"));
}
