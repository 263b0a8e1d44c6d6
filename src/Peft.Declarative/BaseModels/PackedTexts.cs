using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Where texts lie that share rows, as the host knows it, so that attention waits for no device and needs no mask.</summary>
internal sealed class PackedTexts
{
    // The nanoseconds of a score under a mask, forward and backward: for itself, and for each feature of its head. Measured on a core (libtorch 2.10); of a device
    // what its data sheet promises.
    private const double CpuScore = 3.5;
    private const double CpuFeature = 0.13;
    private const double DeviceFeature = 1.4e-4;

    private readonly IReadOnlyList<int[]> _lengths;
    private readonly int _time;
    private readonly ScalarType _type;
    private readonly Device _device;

    /// <param name="lengths">The lengths of the texts of each row, in their order. The rest of a row is padding.</param>
    /// <param name="time">The number of positions of a row.</param>
    /// <param name="type">The type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    internal PackedTexts(IReadOnlyList<int[]> lengths, int time, ScalarType type, Device device)
    {
        (_lengths, _time, _type, _device) = (lengths, time, type, device);
        bool shareRows = false;
        foreach (int[] row in lengths)
        {
            shareRows |= row.Length > 1;
            foreach (int length in row)
            {
                Longest = Math.Max(Longest, length);
            }
        }

        Runs = shareRows ? RunsOf(lengths, time) : [new Run(lengths.Count, time, IsPadding: false)];
        Positions = new long[Runs.Count];
        for (int i = 0; i < Positions.Length; i++)
        {
            Positions[i] = Runs[i].Positions;
        }
    }

    /// <summary>All positions of all rows, in their order.</summary>
    internal IReadOnlyList<Run> Runs { get; }

    /// <summary>The number of positions of each run.</summary>
    internal long[] Positions { get; }

    /// <summary>The length of the longest text.</summary>
    internal int Longest { get; }

    /// <summary>
    /// The nanoseconds that a call for short texts takes beyond what their scores would take in whole rows, forward and backward. Measured as 140,000 to 340,000.
    /// </summary>
    internal static double Call { get; set; } = 250_000;

    /// <summary>Whether what the texts hide from each other takes longer than calls for each run.</summary>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="width">The features of a head.</param>
    internal bool AreFasterAlone(int heads, int width)
    {
        int calls = 0;
        double hidden = (double)_lengths.Count * _time * _time;
        foreach (Run run in Runs)
        {
            calls += run.IsPadding ? 0 : 1;
            hidden -= run.IsPadding ? 0 : (double)run.Positions * run.Length;
        }

        double score = _device.type == DeviceType.CPU ? (CpuScore + (CpuFeature * width)) / get_num_threads() : DeviceFeature * width;
        return hidden * heads * score >= (calls - 1) * Call;
    }

    /// <summary>The mask that says the same [batch, 1, time, time].</summary>
    internal Tensor Mask()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] segments = new long[_lengths.Count * _time];
        for (int row = 0; row < _lengths.Count; row++)
        {
            int start = row * _time;
            for (int text = 0; text < _lengths[row].Length; text++)
            {
                segments.AsSpan(start, _lengths[row][text]).Fill(text);
                start += _lengths[row][text];
            }
        }

        Tensor texts = tensor(segments, [_lengths.Count, _time], device: _device);
        return AttentionMask.Decoder(null, _time, _time, window: null, _type, _device, segments: texts).Added!.MoveToOuterDisposeScope();
    }

    private static List<Run> RunsOf(IReadOnlyList<int[]> lengths, int time)
    {
        List<Run> runs = [];
        foreach (int[] row in lengths)
        {
            int padding = time;
            foreach (int length in row)
            {
                padding -= length;
                if (length == 0)
                {
                    continue;
                }

                if (runs is [.., { IsPadding: false } last] && last.Length == length)
                {
                    runs[^1] = last with { Texts = last.Texts + 1 };
                }
                else
                {
                    runs.Add(new Run(1, length, IsPadding: false));
                }
            }

            if (padding > 0)
            {
                runs.Add(new Run(1, padding, IsPadding: true));
            }
        }

        return runs;
    }

    /// <summary>Texts of one length that follow each other, also from row to row, or the padding at the end of a row.</summary>
    internal readonly record struct Run(int Texts, int Length, bool IsPadding)
    {
        internal long Positions => (long)Texts * Length;
    }
}
