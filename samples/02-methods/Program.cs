using MethodStudy.Study;

namespace MethodStudy;

/// <summary>Without arguments the whole study; with names of methods those alone; <c>--sizes</c> the smaller bases alone; <c>--search</c> tries learning rates; <c>--bases tiny small</c> makes the smaller bases.</summary>
internal static class Program
{
    private static readonly string Home = Path.Combine("artifacts", "02-methods");

    private const string Usage = """
        Compares the methods on one task, and writes tables and plots to artifacts/02-methods.

          (nothing)              the whole study, which takes hours
          METHOD ...             these methods alone, such as lora or ia3
          --sizes                the smaller bases alone
          --search METHOD ...    tries learning rates
          --bases tiny small     makes the smaller bases
          --report               writes the page and the plots of the results that there are
        """;

    private static int Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["--help" or "-h" or "-?"]:
                    Console.WriteLine(Usage);
                    break;
                case [TrialProcess.Argument, string name, string baseDirectory, string path]:
                    TrialProcess.Run(new TrialOrder(name, baseDirectory, path));
                    break;
                case ["--search", .. string[] arguments]:
                    RateSearch.Run(arguments);
                    break;
                case ["--sizes"]:
                    new MethodStudyRun(Home).RunSizes();
                    break;
                case ["--bases", .. string[] names]:
                    Array.ForEach(names, name => BaseLadder.Make(name, Path.Combine("samples", "02-methods", "bases")));
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
