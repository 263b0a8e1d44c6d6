using Peft.Declarative.Declaration;

namespace Peft.Declarative;

/// <summary>How the adapters of a class are trained. The generator writes it out as the loop in <c>Train</c>; what is off is not in the loop.</summary>
/// <example>
/// <code>
/// [Lora(rank: 8)]
/// [Training(LearningRate = 2e-4, Epochs = 3, BatchSize = 8)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TrainingAttribute : Attribute
{
    /// <summary>Peak learning rate; 2e-4 unless set, a common choice for low-rank adapters under AdamW.</summary>
    public double LearningRate { get; init; } = TrainingNumbers.LearningRate;

    /// <summary>Passes over the data; 3 unless set.</summary>
    public int Epochs { get; init; } = TrainingNumbers.Epochs;

    /// <summary>Rows of one forward pass; 8 unless set.</summary>
    public int BatchSize { get; init; } = TrainingNumbers.BatchSize;

    /// <summary>Micro-batches per optimiser step; 1 unless set. The gradient is the mean over the labels of all of them together.</summary>
    public int Accumulate { get; init; } = TrainingNumbers.Accumulate;

    /// <summary>Optimiser steps during which the learning rate rises from zero; 0 unless set.</summary>
    public int Warmup { get; init; }

    /// <summary>Course of the learning rate after the warm-up; linear to zero unless set.</summary>
    public Schedule Schedule { get; init; } = Schedule.Linear;

    /// <summary>What changes the adapters; AdamW unless set.</summary>
    public OptimizerType Optimizer { get; init; }

    /// <summary>Weight decay of the optimiser, decoupled or added to the gradient as it is defined; 0.01 unless set.</summary>
    public double WeightDecay { get; init; } = TrainingNumbers.WeightDecay;

    /// <summary>Greatest 2-norm of all gradients together; 1 unless set, 0 switches clipping off.</summary>
    public double MaxGradientNorm { get; init; } = TrainingNumbers.MaxGradientNorm;

    /// <summary>Longest row in tokens; longer ones are cut. 1024 unless set.</summary>
    public int MaxLength { get; init; } = TrainingNumbers.MaxLength;

    /// <summary>
    /// Whether the texts of a step are put side by side into rows of at most <see cref="MaxLength"/> tokens instead of being padded; no unless set. Each text
    /// keeps its own positions and sees itself only, and a step has the same texts as without, so that this changes the time of a run and not what is learnt.
    /// Decoders only, and not with virtual tokens before the text.
    /// </summary>
    public bool Packing { get; init; }

    /// <summary>
    /// Whether the rows of a step are of like length, so that there is less padding; no unless set. Rows are grouped within fifty steps' worth of the shuffled
    /// order, and the steps are shuffled again.
    /// </summary>
    public bool GroupByLength { get; init; }

    /// <summary>Type in which the base model computes; float32 unless set. Adapters stay float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Activations that are computed again in backward instead of being kept; none unless set.</summary>
    public Checkpointing Checkpointing { get; init; }

    /// <summary>
    /// Keeps one activation per block and computes the others again in backward: less memory, about a third more time. The same as
    /// <see cref="Checkpointing.Full"/>; set only one of the two.
    /// </summary>
    public bool GradientCheckpointing
    {
        get => Checkpointing == Checkpointing.Full;
        init => Checkpointing = value ? Checkpointing.Full : Checkpointing.None;
    }

    /// <summary>Optimiser steps between two evaluations; 0 (the default) evaluates at the end of each epoch if there is evaluation data.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Seed of initialisation, shuffling and dropout; 42 unless set. The same seed gives the same run on the same machine.</summary>
    public int Seed { get; init; } = TrainingNumbers.Seed;
}

/// <summary>Type in which the frozen base computes. Adapter weights and the loss stay float32.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>
    /// bfloat16: half the memory, and much faster on GPUs and CPUs that have instructions for it. Other CPUs store weights so and compute in float32.
    /// </summary>
    BFloat16,
}
