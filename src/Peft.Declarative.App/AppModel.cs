using static TorchSharp.torch;

namespace Peft.Declarative.App;

/// <summary>The operations on a model class that the console program uses. The generator creates an instance for the class.</summary>
/// <typeparam name="TModel">The class with the declaration.</typeparam>
public sealed record AppModel<TModel>
    where TModel : CausalLanguageModel
{
    /// <summary>The name of the class.</summary>
    public required string Name { get; init; }

    /// <summary>Loads a model directory and adds the declared adapters.</summary>
    public required Func<string, Device, TModel> Load { get; init; }

    /// <summary>Trains the declared adapters.</summary>
    public required Func<TModel, TrainingData, IProgress<TrainingProgress>?, CancellationToken, TrainingResult> Train { get; init; }

    /// <summary>The declared training plan. The default has the defaults of <see cref="TrainingAttribute"/>.</summary>
    public TrainingPlan Plan { get; init; } = new();

    /// <summary>
    /// Serves a model directory and a folder of adapters (or <see langword="null"/>) on a device, at an address, until it is stopped. The default is
    /// <see langword="null"/>: the program has no command <c>serve</c>. The generator sets it in projects that reference the package Peft.Declarative.Serving.
    /// </summary>
    public Func<string, string?, string, Uri, CancellationToken, Task>? Serve { get; init; }

    /// <summary>Runs if there are no arguments, and returns the exit code. By default, the program shows the help text.</summary>
    public Func<int>? Default { get; init; }
}
