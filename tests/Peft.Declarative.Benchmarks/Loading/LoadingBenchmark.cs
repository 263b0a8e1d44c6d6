using System.Globalization;

namespace Peft.Declarative.Benchmarks.Loading;

/// <summary>
/// A checkpoint of a gigabyte: the time until every weight has been touched, against plainly reading the file, and the most memory that was resident.
/// Each way is a process of its own, so that making the file, and the other ways, do not count.
/// </summary>
internal static class LoadingBenchmark
{
    internal static void Run(string[] arguments)
    {
        if (arguments is [var way, var folder])
        {
            LoadingProcess.Run(way, folder);
            return;
        }

        string directory = Directory.CreateTempSubdirectory("peft-loading-").FullName;
        try
        {
            long size = new LargeCheckpoint().Write(directory);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"checkpoint of {size / 1e9:F2} GB in bfloat16, in the system's cache"));
            Console.WriteLine($"{"",-44} {"seconds",8} {"to reading",10} {"peak MB",8} {"to size",8} {"above idle, to size",20}");
            (double idle, double reading) = (0, 0);
            foreach (string name in LoadingProcess.Ways)
            {
                (double seconds, double peak) = Measure(name, directory);
                idle = name == LoadingProcess.Ways[0] ? peak : idle;
                reading = name == LoadingProcess.Ways[1] ? seconds : reading;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-44} {seconds,8:F2} {(reading > 0 ? seconds / reading : 0),10:F2} {peak / 1e6,8:F0} {peak / size,8:F2} {(peak - idle) / size,20:F2}"));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (double Seconds, double Peak) Measure(string way, string directory)
    {
        string output = OwnProcess.Output([], "loading", way, directory);
        double[] numbers = [.. output.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }
}
