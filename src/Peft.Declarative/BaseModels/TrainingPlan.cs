using Microsoft.Extensions.Logging;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Parallel;
using Peft.Declarative.Training.Schedules;
using TorchSharp.Modules;

namespace Peft.Declarative;

/// <summary>
/// The settings of a training run. The generator creates them from <see cref="TrainingAttribute"/>, which has the same defaults.
/// </summary>
/// <example>
/// <code>
/// var plan = new TrainingPlan { Epochs = 2, LearningRate = 1e-4, OutputDirectory = "runs/persona" };
/// </code>
/// </example>
public sealed record TrainingPlan
{
    /// <summary>The number of passes over the data, at least 1. The default is 3.</summary>
    public int Epochs { get; init; } = TrainingNumbers.Epochs;

    /// <summary>The peak learning rate, greater than 0. The default is 2e-4, a common choice for low-rank adapters.</summary>
    public double LearningRate { get; init; } = TrainingNumbers.LearningRate;

    /// <summary>
    /// The peak learning rates of adapters that differ from <see cref="LearningRate"/>, by name, each greater than 0. The schedule is the same. A run whose rows
    /// name their adapters can so train methods that want other rates. Empty by default.
    /// </summary>
    public IReadOnlyDictionary<string, double> LearningRates { get; init; } = new Dictionary<string, double>();

    /// <summary>The number of rows in a forward pass, at least 1. The default is 8.</summary>
    public int BatchSize { get; init; } = TrainingNumbers.BatchSize;

    /// <summary>The number of micro-batches per optimizer step, at least 1. The default is 1.</summary>
    public int Accumulate { get; init; } = TrainingNumbers.Accumulate;

    /// <summary>The number of optimizer steps in which the learning rate rises from zero to its peak. The default is 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The learning rate schedule after the warm-up. The default is linear decay to zero.</summary>
    public Schedule Schedule { get; init; } = Schedule.Linear;

    /// <summary>
    /// Creates a custom schedule from the number of steps of the run. It replaces <see cref="Schedule"/> and <see cref="WarmupSteps"/>.
    /// <see langword="null"/> by default.
    /// </summary>
    public Func<long, ILearningRateSchedule>? CustomSchedule { get; init; }

    /// <summary>The optimizer. The default is AdamW.</summary>
    public OptimizerType Optimizer { get; init; }

    /// <summary>
    /// The weight decay, not negative. The optimizer determines whether it is decoupled or added to the gradient. The default is 0.01.
    /// </summary>
    public double WeightDecay { get; init; } = TrainingNumbers.WeightDecay;

    /// <summary>
    /// Creates a custom optimizer from the trainable parameters. It replaces <see cref="Optimizer"/> and <see cref="WeightDecay"/>.
    /// <see langword="null"/> by default.
    /// </summary>
    public Func<IReadOnlyList<(string Name, Parameter Value)>, Optimizer>? CustomOptimizer { get; init; }

    /// <summary>The maximum 2-norm of all gradients together; larger gradients are scaled down. 0 disables clipping. The default is 1.</summary>
    public double MaxGradientNorm { get; init; } = TrainingNumbers.MaxGradientNorm;

    /// <summary>The maximum number of tokens in a row, at least 2; longer rows are cut off. The default is 1024.</summary>
    public int MaxLength { get; init; } = TrainingNumbers.MaxLength;

    /// <summary>
    /// Whether the texts of a step are packed into rows of at most <see cref="MaxLength"/> tokens instead of being padded. The default is
    /// <see langword="false"/>. Each text keeps its own positions and sees only itself, and a step contains the same texts, so packing changes the duration
    /// of a run but not its result. It requires a decoder without virtual tokens.
    /// </summary>
    public bool Packing { get; init; }

    /// <summary>
    /// Whether each step contains rows of similar length, which reduces padding. The default is <see langword="false"/>. Rows are grouped within the
    /// shuffled rows of fifty steps, and the steps are shuffled again.
    /// </summary>
    public bool GroupByLength { get; init; }

    /// <summary>The type in which the base model computes. The default is float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Which activations the backward pass recomputes instead of keeping them. The default is none.</summary>
    public Checkpointing Checkpointing { get; init; }

    /// <summary>
    /// Whether the backward pass recomputes all activations but the inputs of blocks: <see cref="Checkpointing.Full"/>. The default is <see langword="false"/>.
    /// </summary>
    public bool GradientCheckpointing
    {
        get => Checkpointing == Checkpointing.Full;
        init => Checkpointing = value ? Checkpointing.Full : Checkpointing.None;
    }

    /// <summary>The number of optimizer steps between two evaluations. 0 (the default) evaluates at the end of each epoch.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>
    /// The number of optimizer steps between two progress reports. 0 (the default) reports every step on CPUs and every tenth step on other devices, because
    /// a report waits for the device.
    /// </summary>
    public int ReportEvery { get; init; }

    /// <summary>The random seed for shuffling and dropout. The default is 42.</summary>
    public int Seed { get; init; } = TrainingNumbers.Seed;

    /// <summary>
    /// The directory for the adapters <c>best</c> and <c>last</c> and for <c>state</c>, from which a run can be resumed. They are written at each evaluation,
    /// at the end of each epoch, and on cancellation. <see langword="null"/> (the default) writes nothing.
    /// </summary>
    public string? OutputDirectory { get; init; }

    /// <summary>
    /// Whether to resume the run whose state is in <see cref="OutputDirectory"/>. If the directory contains no state, a new run starts. The default is
    /// <see langword="false"/>. A run that has ended continues if <see cref="Epochs"/> is larger than before.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Whether a new run replaces the run or adapter that is in <see cref="OutputDirectory"/>. The default is <see langword="false"/>, which makes it an error.
    /// </summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// The processes that train together, of which this is one. <see langword="null"/> (the default) trains in this process alone; the <c>train</c> command of an
    /// app takes those that <c>mpirun</c> has started.
    /// </summary>
    public ProcessGroup? ProcessGroup { get; init; }

    /// <summary>Receives the warnings of the run, which <see cref="TrainingResult.Warnings"/> also contains. The default is <see langword="null"/>.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Creates the learning rate schedule for a run.</summary>
    /// <param name="totalSteps">The number of optimizer steps of the whole run.</param>
    public ILearningRateSchedule LearningRateSchedule(long totalSteps)
    {
        // The decay phase is the last fifth of the run, a common choice.
        long decay = Math.Max(1, (totalSteps - WarmupSteps) / 5);
        return CustomSchedule?.Invoke(totalSteps) ?? Schedule switch
        {
            Schedule.Linear => new LinearSchedule(WarmupSteps, totalSteps),
            Schedule.Constant => new ConstantSchedule(WarmupSteps),
            Schedule.Cosine => new CosineSchedule(WarmupSteps, totalSteps),
            Schedule.InverseSquareRoot => new InverseSquareRootSchedule(WarmupSteps),
            Schedule.WarmupStableDecay => new WarmupStableDecaySchedule(WarmupSteps, totalSteps - WarmupSteps - decay, decay),
            _ => throw TrainingErrors.PlanUnusable([$"Schedule {Schedule} is unknown"]),
        };
    }

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">The trainable parameters with their names.</param>
    public Optimizer MakeOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters) =>
        LearningRates.Count > 0 ? new ParameterGroups(parameters, RateFactor, MakeGroup) : MakeGroup(parameters);

    private Optimizer MakeGroup(IReadOnlyList<(string Name, Parameter Value)> parameters) =>
        CustomOptimizer?.Invoke(parameters) ?? OptimizerCatalog.Make(Optimizer, parameters, WeightDecay);

    // The names of parameters begin with those of their adapters.
    private double RateFactor(string parameter)
    {
        string? adapter = LearningRates.Keys.Where(name => parameter.StartsWith(name + ".", StringComparison.Ordinal)).MaxBy(name => name.Length);
        return adapter is null ? 1 : LearningRates[adapter] / LearningRate;
    }

    /// <summary>Checks every number, with the compiler's texts.</summary>
    /// <param name="model">The name of the model's class.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range. The message lists all of them.</exception>
    internal void Check(string model)
    {
        IEnumerable<string> problems = TrainingNumbers.Problems(model,
        [
            ("Epochs", Epochs), ("LearningRate", LearningRate), ("BatchSize", BatchSize), ("Accumulate", Accumulate), ("Warmup", WarmupSteps),
            ("WeightDecay", WeightDecay), ("MaxGradientNorm", MaxGradientNorm), ("MaxLength", MaxLength), ("EvaluateEvery", EvaluateEvery),
            ("ReportEvery", ReportEvery),
        ]).Concat(LearningRates.SelectMany(rate => TrainingNumbers.Problems(model, [("LearningRate", rate.Value)]))).Select(problem => problem.Text);
        string? contradiction = Resume && OutputDirectory is null ? $"Resume of [Training] on '{model}' has nothing to resume from. Set OutputDirectory, or remove it."
            : Resume && Overwrite ? $"Resume of [Training] on '{model}' continues the run that Overwrite replaces. Set one of them."
            : null;
        NumberCheck.Refuse(contradiction is null ? problems : [.. problems, contradiction]);
    }
}
