using static TorchSharp.torch;

namespace Peft.Declarative.App;

/// <summary>What a console program needs to know of the class that it is generated for.</summary>
/// <typeparam name="TModel">The class with the declaration.</typeparam>
public sealed record AppModel<TModel>
    where TModel : CausalLanguageModel
{
    /// <summary>Name of the class.</summary>
    public required string Name { get; init; }

    /// <summary>Reads a model directory and puts the declared adapters on it.</summary>
    public required Func<string, Device, TModel> Load { get; init; }

    /// <summary>Trains the declared adapters.</summary>
    public required Func<TModel, TrainingData, IProgress<TrainingProgress>?, CancellationToken, TrainingResult> Train { get; init; }

    /// <summary>What training follows: how long rows may be. The defaults of <see cref="TrainingAttribute"/> unless set.</summary>
    public TrainingPlan Plan { get; init; } = new();

    /// <summary>Runs instead of a command when there are no arguments, and gives the exit code; the help text is shown unless set.</summary>
    public Func<int>? Default { get; init; }
}
