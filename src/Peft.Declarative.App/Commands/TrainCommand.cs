using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Parallel;

namespace Peft.Declarative.App.Commands;

/// <summary>
/// Trains the declared adapters on a data file, and writes the adapter, a loss plot and the state for resuming. Processes that mpirun has started train together;
/// the first one writes and reports.
/// </summary>
internal sealed class TrainCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly DataSource _data = new();
    private readonly Option<string> _evaluation = AppOptions.Evaluation();
    private readonly Option<string> _output = AppOptions.Output();
    private readonly Option<int?> _epochs = ValueOption.Number<int>("--epochs", "Passes over the data. Default: as declared.", least: 1);
    private readonly Option<double?> _rate = ValueOption.Number<double>("--learning-rate", "Peak learning rate. Default: as declared.", least: 1e-12);
    private readonly Option<string[]> _rates = new("--learning-rate-of")
    {
        Description = "Peak learning rate of one adapter, NAME=RATE; may be repeated. Default: as declared.",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Resumes the run whose state is in the output directory; with more --epochs also one that has ended.",
    };

    private readonly Option<bool> _overwrite = AppOptions.Overwrite();

    internal TrainCommand(AppModel<TModel> app, AppOutput output)
        : base("train", "Trains the adapter on a data file.", app, output)
    {
        _data.AddTo(this);
        Add(_evaluation);
        Add(_output);
        Add(_epochs);
        Add(_rate);
        Add(_rates);
        Add(_resume);
        Add(_overwrite);
        Validators.Add(result =>
        {
            foreach (string rate in (result.GetValue(_rates) ?? []).Where(text => RateOf(text).Rate is not > 0))
            {
                result.AddError($"--learning-rate-of takes NAME=RATE with a number above 0, such as poet=1e-2, and not '{rate}'");
            }

            if (result.GetValue(_resume) && result.GetValue(_overwrite))
            {
                result.AddError("--resume continues the run that --overwrite replaces; set one of them");
            }
        });
    }

    protected override int Run(ParseResult arguments)
    {
        string directory = arguments.GetRequiredValue(_output);
        using TModel model = LoadModel(arguments);
        TrainingData data = ReadData(arguments, model);
        ProcessGroup? processes = ProcessGroup.FromMpi();
        IEnumerable<KeyValuePair<string, double>> rates = (arguments.GetValue(_rates) ?? []).Select(RateOf).Select(rate => KeyValuePair.Create(rate.Name, rate.Rate!.Value));
        model.ChangePlan = plan => plan with
        {
            OutputDirectory = directory,
            ProcessGroup = processes,
            Resume = arguments.GetValue(_resume),
            Overwrite = arguments.GetValue(_overwrite),
            Seed = Seed(arguments) ?? plan.Seed,
            Epochs = arguments.GetValue(_epochs) ?? plan.Epochs,
            LearningRate = arguments.GetValue(_rate) ?? plan.LearningRate,
            LearningRates = new Dictionary<string, double>(plan.LearningRates.Concat(rates).GroupBy(rate => rate.Key).Select(rate => rate.Last())),
        };

        using var cancellation = new Cancellation();
        if (processes is { Rank: > 0 })
        {
            return App.Train(model, data, Silence.Instance, cancellation.Token).Cancelled ? ExitCode.Failed : ExitCode.Success;
        }

        bool json = IsJson(arguments);
        if (!json)
        {
            Output.Console.Write(TrainableTable.Of(model, Output.Console.Profile.Width));
            Output.Out.WriteLine(TrainableTable.Totals(model));
            if (RunMachine.Line(model, App.Plan, data) is { } machine)
            {
                Output.Out.WriteLine(machine);
            }
        }

        TrainingResult result = json
            ? App.Train(model, data, Silence.Instance, cancellation.Token)
            : LiveProgress.Show(Output.Console, progress => App.Train(model, data, progress, cancellation.Token));

        model.Adapters.SaveActive(directory);
        string plot = Path.Combine(directory, "loss.png");
        LossPlot.Save(result, plot, $"{App.Name} on {Path.GetFileName(_data.Path(arguments))}");
        Tell(result, data.Skipped, directory, plot, json);
        foreach (string warning in result.Warnings.Except(data.Warnings))   // reading the data told the others
        {
            Output.Error.WriteLine(warning);
        }

        return result.Cancelled ? ExitCode.Failed : ExitCode.Success;
    }

    // A name may contain the sign, a number does not.
    private static (string Name, double? Rate) RateOf(string text)
    {
        int sign = text.LastIndexOf('=');
        return sign > 0 && double.TryParse(text[(sign + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && double.IsFinite(rate)
            ? (text[..sign], rate)
            : (text, null);
    }

    private TrainingData ReadData(ParseResult arguments, TModel model)
    {
        Tokenizer tokenizer = LoadTokenizer(arguments);
        int maxLength = App.Plan.MaxLength;
        TrainingData data = _data.Read(arguments, model, tokenizer, maxLength, Output);
        return arguments.GetValue(_evaluation) is { } evaluation
            ? data.WithEvaluation(_data.Read(evaluation, arguments, model, tokenizer, maxLength, Output))
            : data;
    }

    private void Tell(TrainingResult result, SkippedRows skipped, string directory, string plot, bool json)
    {
        if (json)
        {
            Output.Json(Json(result, skipped, directory, plot));
            return;
        }

        string best = result.BestLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $", best evaluation loss {loss:F4} at step {result.BestStep}")
            : "";
        Output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(result.Cancelled ? "Cancelled after" : "Done:")} {result.Steps} steps in {result.Seconds:F0} s, {Pace(result):N0} tokens/s{best}"));
        Output.Out.WriteLine($"adapter    {directory}");
        Output.Out.WriteLine($"loss plot  {plot}");
        if (result.Cancelled)
        {
            Output.Out.WriteLine("Run the same command with --resume to continue.");
        }
    }

    private static JsonObject Json(TrainingResult result, SkippedRows skipped, string directory, string plot) => new()
    {
        ["steps"] = result.Steps,
        ["losses"] = new JsonArray([.. result.Losses.Select(loss => (JsonNode)loss)]),
        ["evaluations"] = new JsonArray([.. result.Evaluations.Select(evaluation =>
            (JsonNode)new JsonObject { ["step"] = evaluation.Step, ["loss"] = evaluation.Loss })]),
        ["best_step"] = result.BestStep,
        ["best_loss"] = result.BestLoss,
        ["seconds"] = result.Seconds,
        ["tokens"] = result.Tokens,
        ["tokens_per_second"] = Pace(result),
        ["skipped_rows"] = skipped.Count,
        ["cancelled"] = result.Cancelled,
        ["warnings"] = new JsonArray([.. result.Warnings.Select(warning => (JsonNode)warning)]),
        ["adapter"] = directory,
        ["plot"] = plot,
    };

    private static double Pace(TrainingResult result) => result.Tokens / Math.Max(1e-9, result.Seconds);

    // With a JSON object, the console must show nothing else.
    private sealed class Silence : IProgress<TrainingProgress>
    {
        internal static Silence Instance { get; } = new();

        public void Report(TrainingProgress value)
        {
        }
    }
}
