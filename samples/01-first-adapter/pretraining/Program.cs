using System.Globalization;
using FirstAdapter.Pretraining;
using FirstAdapter.World;
using Peft.Declarative;

// Makes everything that samples/01-first-adapter ships, from the grammar alone:
//     dotnet run -c Release --project samples/01-first-adapter/pretraining [-- DIR [EPOCHS]]
string home = args.Length > 0 ? args[0] : Path.Combine("samples", "01-first-adapter");
int epochs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Pretrainer.Plan.Epochs;
TrainingPlan plan = Pretrainer.Plan with { Epochs = epochs };

PersonaFiles.Write(Path.Combine(home, "data"));
double known = Pretrainer.Run(Path.Combine(home, "base"), BaseSize.Shipped, plan, new ConsoleProgress(every: 50));
Console.WriteLine(FormattableString.Invariant($"answers known word for word: {known:P1} of {Corpus.Questions.Count:N0}"));
