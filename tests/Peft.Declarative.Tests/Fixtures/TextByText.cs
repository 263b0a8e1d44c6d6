using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Attention runs over each packed text alone, even in models so small that a mask is faster, until this is disposed.</summary>
internal sealed class TextByText : IDisposable
{
    private readonly double _call = PackedTexts.Call;

    internal TextByText() => PackedTexts.Call = 0;

    public void Dispose() => PackedTexts.Call = _call;

    /// <summary>The same rows as if the host did not know where their texts lie, so that a mask hides the other texts.</summary>
    internal static MicroBatch Masked(MicroBatch micro) => new(micro.InputIds, micro.Labels)
    {
        PositionIds = micro.PositionIds,
        SegmentIds = micro.SegmentIds,
        LabelIndices = micro.LabelIndices,
        LabelPlaces = micro.LabelPlaces,
        Adapters = micro.Adapters,
        TaskIds = micro.TaskIds,
    };

    /// <summary>Rows of these lengths, packed.</summary>
    internal static Batch Pack(PretrainedModel model, int capacity, params int[] lengths)
    {
        var random = new Random(4);
        return Batch.Of([.. lengths.Select(length => TrainingRow.OfText([.. Enumerable.Range(0, length).Select(_ => random.Next(48))]))], capacity, model, packing: true);
    }
}
