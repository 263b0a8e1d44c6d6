using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Computes the memory of the base's weights, and of a training step, as far as sizes are known.</summary>
internal static class MemoryCount
{
    // As the run time does on CPUs: the logits of at least 64 tokens, and of as many as 4 Mi of them hold, or half of it with full gradient checkpointing.
    private const long LogitsOfAChunk = 1 << 22;
    private const long FewestTokens = 64;

    // The logits, and their probabilities, which become their gradient.
    private const int CopiesOfLogits = 2;

    // The gradient of a trained head, summed up over chunks apart from that of earlier micro-batches, and that of a chunk.
    private const int SumsOfHead = 2;

    // Rows of a layer in 4 bits that are dense at once, about.
    private const long WeightsOfABlock = 1 << 20;

    // Behind the blocks, in float32: the input and the result of the last norm, the labelled rows and their gradient.
    private const int HiddenBehindBlocks = 4;

    /// <summary>Computes it as declared: layers of [Quantize] in 4 bits, the others in the element type of [Training].</summary>
    internal static long? BaseBytes(ModelPlan plan) => plan.Quantize is { } quantize
        ? ((plan.BaseParameters - quantize.Parameters) * BytesPerWeight(plan.Declaration.Training)) + quantize.Bytes
        : DenseBytes(plan);

    /// <summary>Computes it without [Quantize].</summary>
    internal static long? DenseBytes(ModelPlan plan) => plan.BaseParameters * BytesPerWeight(plan.Declaration.Training);

    /// <summary>Computes the memory of a step of the declared batch; <see langword="null"/> if a size is not known.</summary>
    internal static MemoryEstimate? OfStep(ModelPlan plan, PlanContext context)
    {
        if (plan.Trainable is not { } trainable || BaseBytes(plan) is not { } weights || context.Width is not > 0 || !context.Layers.IsExact) return null;

        TrainingSpec training = plan.Declaration.Training;
        double text = training.BatchSize * (double)plan.Tokens;
        double tokens = text + (training.BatchSize * (double)plan.Declaration.Adapters.OfType<VirtualTokenSpec>().Where(adapter => adapter.AreInInput && adapter.IsFirst).Sum(adapter => adapter.Tokens));
        int element = BytesPerWeight(training);
        var count = new ActivationCount(plan, context);
        (int blocks, long width) = count.Chain();
        double inBlocks = count.InBlocks();
        bool isFull = training.Checkpointing == Checkpointing.Full;
        double kept = isFull ? inBlocks / Math.Max(blocks, 1) : inBlocks;
        double passedOn = (isFull ? blocks : 0) + HiddenBehindBlocks;   // hidden states, which are sums and so float32
        return new MemoryEstimate(
            weights + Buffer(plan, context),
            trainable * sizeof(float),
            trainable * sizeof(float),
            trainable * OptimizerBytes(training.Optimizer),
            tokens * ((element * kept) + (sizeof(float) * passedOn * width)),
            Logits(plan, context, text, trainable));
    }

    /// <summary>The dense copy of rows of a layer in 4 bits while their product is computed.</summary>
    private static double Buffer(ModelPlan plan, PlanContext context) => plan.Quantize is null ? 0
        : Math.Min(WeightsOfABlock, LargestLayer(context)) * (double)BytesPerWeight(plan.Declaration.Training);

    private static long LargestLayer(PlanContext context) =>
        context.Layers.Layers.Where(layer => layer.Layer.Kind == LayerKind.Linear).Select(layer => layer.Layer.Output * layer.Layer.Input).DefaultIfEmpty(0).Max();

    /// <summary>Computes the bytes of the logits that exist at a time, those of a chunk with their gradients, and the gradients of a trained head. A classifier has next to none.</summary>
    private static double Logits(ModelPlan plan, PlanContext context, double tokens, long trainable)
    {
        ExpandedLayer? head = context.Layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Head);
        if (head?.Layer.Output is not { } vocabulary || vocabulary <= 0 || plan.Declaration.Tree.TrainedHead.Length > 0) return 0;

        bool isTied = context.Layers.IsTied(head.Source);
        bool isTrained = plan.Adapters.Any(adapter => adapter.Adapted.Concat(adapter.Saved).Any(layer => layer.Layer.Kind == LayerKind.Head || (isTied && layer.Layer.Kind == LayerKind.Embedding)));
        long elements = plan.Declaration.Training.Checkpointing == Checkpointing.Full ? LogitsOfAChunk / 2 : LogitsOfAChunk;
        double chunk = Math.Min(tokens, Math.Max(FewestTokens, elements / vocabulary));
        long trained = isTrained ? Math.Min(trainable, vocabulary * head.Layer.Input) : 0;   // of low-rank factors, all that is trained is little
        int rounded = plan.Declaration.Training.Precision == Precision.BFloat16 ? BytesPerWeight(plan.Declaration.Training) : 0;   // a gradient, for its product
        return (vocabulary * chunk * ((CopiesOfLogits * sizeof(float)) + rounded)) + (SumsOfHead * trained * sizeof(float));
    }

    private static double OptimizerBytes(OptimizerType optimizer) => optimizer switch
    {
        OptimizerType.AdamW8Bit or OptimizerType.PagedAdamW8Bit => 2,
        OptimizerType.Lion8Bit or OptimizerType.PagedLion8Bit or OptimizerType.Momentum8Bit => 1,
        OptimizerType.Lion or OptimizerType.PagedLion or OptimizerType.Sgd or OptimizerType.Adafactor => sizeof(float),
        _ => 2 * sizeof(float),
    };

    private static int BytesPerWeight(TrainingSpec training) => training.Precision == Precision.BFloat16 ? 2 : sizeof(float);
}
