namespace Peft.Declarative.Quantization;

/// <summary>
/// The 8-bit dynamic map. It covers seven decades, each with twice as many values as the decade below, so that it represents small numbers without
/// underflow and large numbers precisely. Dettmers 2015, arXiv 1511.04561.
/// </summary>
internal static class DynamicMap
{
    private const int Decades = 7;

    internal static float[] Make(bool signed)
    {
        List<float> values = [0, 1];
        for (int decade = 0; decade < Decades; decade++)
        {
            float scale = (float)Math.Pow(10, decade - (Decades - 1));
            float[] boundaries = Boundaries(1 << (signed ? decade : decade + 1));
            for (int i = 1; i < boundaries.Length; i++)
            {
                float mean = (boundaries[i - 1] + boundaries[i]) / 2 * scale;
                values.Add(mean);
                if (signed)
                {
                    values.Add(-mean);
                }
            }
        }

        return [.. values.Order()];
    }

    /// <summary>
    /// Evenly spaced numbers from 0.1 to 1, rounded as PyTorch's vectorized <c>linspace</c> rounds them. PyTorch processes vectors of eight, two at a
    /// time: the first element of a vector uses a fused multiply-add, the others add steps to it. The remaining elements each use a fused multiply-add.
    /// The upper half is computed from the end.
    /// </summary>
    private static float[] Boundaries(int parts)
    {
        const int Vector = 8;
        int count = parts + 1;
        float step = (1f - 0.1f) / parts;
        float[] points = new float[count];
        for (int i = 0; i < count; i++)
        {
            bool inVector = i < count - (count % (2 * Vector));
            int first = inVector ? i - (i % Vector) : i;
            float start = first < count / 2
                ? MathF.FusedMultiplyAdd(step, first, 0.1f)
                : MathF.FusedMultiplyAdd(-step, count - first - 1, 1f);
            points[i] = start + (step * (i - first));
        }

        return points;
    }
}
