namespace Peft.Declarative.Quantization;

/// <summary>
/// The 8-bit dynamic map: seven decades, each divided twice as finely as the one below, so that small numbers keep their size and large ones
/// their digits. Dettmers 2015, arXiv 1511.04561.
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
    /// Evenly from 0.1 to 1, rounded as the reference's linspace rounds: full vectors of eight, two at a time, from a fused first element in plain
    /// steps; what is left fused, one by one; the upper half counted from the end.
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
