using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Declaration;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Schedules;
using TorchSharp.Modules;

namespace Peft.Declarative;

/// <summary>What a training run follows. The generator makes it from <see cref="TrainingAttribute"/>, whose defaults are the same.</summary>
public sealed record TrainingPlan
{
    /// <summary>Passes over the data; 3 unless set.</summary>
    public int Epochs { get; init; } = TrainingNumbers.Epochs;

    /// <summary>Peak learning rate; 2e-4 unless set, a common choice for low-rank adapters.</summary>
    public double LearningRate { get; init; } = TrainingNumbers.LearningRate;

    /// <summary>Rows of one forward pass; 8 unless set.</summary>
    public int BatchSize { get; init; } = TrainingNumbers.BatchSize;

    /// <summary>Micro-batches per optimiser step; 1 unless set.</summary>
    public int Accumulate { get; init; } = TrainingNumbers.Accumulate;

    /// <summary>Optimiser steps during which the learning rate rises from zero; 0 unless set.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Course of the learning rate after the warm-up; linear to zero unless set.</summary>
    public Schedule Schedule { get; init; } = Schedule.Linear;

    /// <summary>A course of one's own instead, made from the number of steps of the run; replaces <see cref="Schedule"/> and its warm-up.</summary>
    public Func<long, ILearningRateSchedule>? CustomSchedule { get; init; }

    /// <summary>What changes the parameters; AdamW unless set.</summary>
    public OptimizerType Optimizer { get; init; }

    /// <summary>Weight decay of the optimiser, decoupled or added to the gradient as it is defined; 0.01 unless set.</summary>
    public double WeightDecay { get; init; } = TrainingNumbers.WeightDecay;

    /// <summary>An optimiser of one's own, made from the trainable parameters; replaces <see cref="Optimizer"/> and its weight decay.</summary>
    public Func<IReadOnlyList<(string Name, Parameter Value)>, Optimizer>? CustomOptimizer { get; init; }

    /// <summary>Greatest 2-norm of all gradients together; 1 unless set, 0 switches clipping off.</summary>
    public double MaxGradientNorm { get; init; } = TrainingNumbers.MaxGradientNorm;

    /// <summary>Most tokens of a row; longer ones are cut. 1024 unless set.</summary>
    public int MaxLength { get; init; } = TrainingNumbers.MaxLength;

    /// <summary>
    /// Whether the texts of a step are put side by side into rows of at most <see cref="MaxLength"/> tokens instead of being padded; no unless set. Each text
    /// keeps its own positions and sees itself only, and a step has the same texts as without, so that this changes the time of a run and not what is learnt.
    /// Decoders only, and not with learned tokens before the text.
    /// </summary>
    public bool Packing { get; init; }

    /// <summary>
    /// Whether the rows of a step are of like length, so that there is less padding; no unless set. Rows are grouped within fifty steps' worth of the shuffled
    /// order, and the steps are shuffled again.
    /// </summary>
    public bool GroupByLength { get; init; }

    /// <summary>Type in which the base model computes; float32 unless set.</summary>
    public Precision Precision { get; init; }

    /// <summary>Whether activations are computed again in backward instead of kept.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>Optimiser steps between two evaluations; 0 (the default) evaluates at the end of each epoch.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>
    /// Optimiser steps between two reports; 0 (the default) is every step on CPU and every tenth elsewhere, because a report waits for the device.
    /// </summary>
    public int ReportEvery { get; init; }

    /// <summary>Seed of shuffling and dropout; 42 unless set.</summary>
    public int Seed { get; init; } = TrainingNumbers.Seed;

    /// <summary>
    /// Directory that receives the adapters <c>best</c> and <c>last</c> and the <c>state</c> that a run can be resumed from, at each evaluation,
    /// each end of an epoch, and on cancellation. Null (the default) writes nothing.
    /// </summary>
    public string? OutputDirectory { get; init; }

    /// <summary>Whether to continue the run whose state is in <see cref="OutputDirectory"/>; without a state there the run starts anew.</summary>
    public bool Resume { get; init; }

    /// <summary>The course of the learning rate for a run of that many steps.</summary>
    /// <param name="totalSteps">Optimiser steps of the whole run.</param>
    public ILearningRateSchedule LearningRateSchedule(long totalSteps)
    {
        // The last fifth, a usual length of the fall.
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

    /// <summary>The optimiser of a run over parameters.</summary>
    /// <param name="parameters">Names and parameters.</param>
    public Optimizer MakeOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters) =>
        CustomOptimizer?.Invoke(parameters) ?? OptimizerCatalog.Make(Optimizer, parameters, WeightDecay);

    /// <summary>Checks every number, in the compiler's words.</summary>
    /// <param name="model">Name of the model's class.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range; all are named.</exception>
    internal void Check(string model)
    {
        IEnumerable<string> problems = TrainingNumbers.Problems(model,
        [
            ("Epochs", Epochs), ("LearningRate", LearningRate), ("BatchSize", BatchSize), ("Accumulate", Accumulate), ("Warmup", WarmupSteps),
            ("WeightDecay", WeightDecay), ("MaxGradientNorm", MaxGradientNorm), ("MaxLength", MaxLength), ("EvaluateEvery", EvaluateEvery),
            ("ReportEvery", ReportEvery),
        ]).Select(problem => problem.Text);
        NumberCheck.Refuse(Resume && OutputDirectory is null
            ? [.. problems, $"Resume of [Training] on '{model}' has nothing to resume from. Set OutputDirectory, or remove it."]
            : problems);
    }
}
