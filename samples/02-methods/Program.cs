using MethodStudy.Study;

namespace MethodStudy;

/// <summary>Without arguments the whole study; with names of methods those alone; <c>--sizes</c> the three bases alone; <c>--search</c> tries learning rates.</summary>
internal static class Program
{
    private static readonly string Home = Path.Combine("artifacts", "02-methods");

    private static int Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case [TrialProcess.Argument, string name, string baseDirectory, string path]:
                    TrialProcess.Run(name, baseDirectory, path);
                    break;
                case ["--search", .. string[] names]:
                    RateSearch.Run(names is [] ? Candidates.All : names.Select(Candidates.Of));
                    break;
                case ["--sizes"]:
                    new MethodStudyRun(Home).RunSizes();
                    break;
                case ["--report"]:
                    new MethodStudyRun(Home).Report();
                    break;
                default:
                    new MethodStudyRun(Home).Run(args);
                    break;
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 2;
        }
    }
}
