using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>The rows of one optimiser step, on the model's device.</summary>
public sealed class Batch : IDisposable
{
    // Picking rows costs a copy, which pays when it spares the head at least a tenth of its work.
    private const double Sparse = 0.9;

    private readonly Tensor _packed;   // ids and labels as one int64 [2, batch, time]: one copy to the device
    private readonly int[] _lengths;
    private readonly int[][] _labelled;   // of each row, the places whose labels enter the loss

    private Batch(Tensor packed, int[] lengths, int[][] labelled)
    {
        _packed = packed;
        _lengths = lengths;
        _labelled = labelled;
        LabelCount = labelled.Sum(places => (long)places.Length);
    }

    /// <summary>Labels that enter the loss, of all rows together: what the sum of their losses is divided by.</summary>
    public long LabelCount { get; }

    /// <summary>Tokens, padding not counted.</summary>
    public long TokenCount => _lengths.Sum(length => (long)length);

    /// <summary>Number of rows.</summary>
    public int Count => _lengths.Length;

    /// <summary>
    /// Cuts the batch into micro-batches of equal size, within one row, each no wider than its longest row. Fewer rows than parts give fewer
    /// micro-batches.
    /// </summary>
    /// <param name="parts">At least 1.</param>
    public IReadOnlyList<MicroBatch> Split(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        int count = Math.Min(parts, Count);
        var micros = new MicroBatch[count];
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int rows = (Count - start + count - i - 1) / (count - i);
            micros[i] = Rows(start, rows);
            start += rows;
        }

        return micros;
    }

    /// <summary>Frees the tensors. Micro-batches made from it belong to the scope in which they were made.</summary>
    public void Dispose() => _packed.Dispose();

    /// <summary>Pads rows on the right and brings them to a device; on CUDA from pinned memory, without waiting for the copy.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="maxLength">Most tokens of a row; longer ones are cut.</param>
    /// <param name="model">Says where to, and whether the first token of a row is predicted.</param>
    internal static Batch Of(IReadOnlyList<TrainingRow> rows, int maxLength, ITrainable model)
    {
        // Rows of like length side by side: a micro-batch is only as wide as its own longest row.
        TrainingRow[] sorted = [.. rows.OrderByDescending(row => row.Ids.Length)];
        int[] lengths = [.. sorted.Select(row => Math.Min(row.Ids.Length, maxLength))];
        int width = lengths[0];
        var cells = new long[2 * sorted.Length * width];
        Span<long> ids = cells.AsSpan(0, sorted.Length * width);
        Span<long> labels = cells.AsSpan(ids.Length);
        labels.Fill(TrainingRow.Ignored);

        for (int row = 0; row < sorted.Length; row++)
        {
            int place = row * width;
            for (int i = 0; i < lengths[row]; i++)
            {
                ids[place + i] = sorted[row].Ids[i];
                labels[place + i] = sorted[row].Labels[i];
            }
        }

        int first = model.PredictsFirstToken ? 0 : 1;
        int[][] labelled = [.. sorted.Select((row, i) =>
            Enumerable.Range(0, lengths[i]).Where(place => place >= first && row.Labels[place] != TrainingRow.Ignored).ToArray())];
        return new Batch(ToDevice(cells, [2, sorted.Length, width], model.Device).DetachFromDisposeScope(), lengths, labelled);
    }

    private static Tensor ToDevice(long[] cells, long[] shape, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor here = tensor(cells, shape);
        return (device.type switch
        {
            DeviceType.CPU => here,
            DeviceType.CUDA => here.pin_memory().to(device, non_blocking: true),
            _ => here.to(device),
        }).MoveToOuterDisposeScope();
    }

    private MicroBatch Rows(int start, int count)
    {
        int width = _lengths.Skip(start).Take(count).Max();
        using Tensor rows = _packed.narrow(1, start, count);
        using Tensor cut = rows.narrow(2, 0, width).contiguous();
        return new MicroBatch(cut.select(0, 0), cut.select(0, 1)) { LabelPlaces = LabelPlaces(start, count, width) };
    }

    private Tensor? LabelPlaces(int start, int count, int width)
    {
        long[] places = [.. Enumerable.Range(0, count).SelectMany(row => _labelled[start + row].Select(place => ((long)row * width) + place))];
        return places.Length < Sparse * count * width ? ToDevice(places, [places.Length], _packed.device) : null;
    }
}
