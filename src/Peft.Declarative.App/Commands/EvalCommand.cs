using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Layers;
using Peft.Declarative.Training;

namespace Peft.Declarative.App.Commands;

/// <summary>Measures the loss on a file.</summary>
internal sealed class EvalCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly Option<string> _data = AppOptions.Data();

    internal EvalCommand(AppModel<TModel> app, AppOutput output)
        : base("eval", "Measures the loss on a data file.", app, output) => Add(_data);

    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        TrainingData data = ReadData(arguments.GetRequiredValue(_data), model, LoadTokenizer(arguments));
        using var cancellation = new Cancellation();
        double loss = Evaluation.MeanLoss(
            model, data.Rows, new TrainingPlan().BatchSize, model.Config.MaxPositions, cancellation: cancellation.Token)
            ?? throw new OperationCanceledException();

        if (IsJson(arguments))
        {
            Output.Json(new JsonObject { ["loss"] = loss, ["perplexity"] = Math.Exp(loss), ["rows"] = data.Rows.Count });
        }
        else
        {
            Output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"loss {loss:F4}   perplexity {Math.Exp(loss):F2}   {data.Rows.Count:N0} rows"));
        }

        return ExitCode.Success;
    }
}
