using System.Text.Json;

namespace MethodStudy.Study;

/// <summary>What is known of a method after its run.</summary>
internal sealed record Measurement
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Short name of the candidate.</summary>
    public required string Name { get; init; }

    /// <summary>Stands in the table.</summary>
    public required string Title { get; init; }

    /// <summary>Why it was not trained; null if it was.</summary>
    public string? Refused { get; init; }

    /// <summary>Trainable parameters.</summary>
    public long Trainable { get; init; }

    /// <summary>Parameters of the base.</summary>
    public long BaseParameters { get; init; }

    /// <summary>Bytes of the adapter's weights, as saved.</summary>
    public long AdapterBytes { get; init; }

    /// <summary>Peak learning rate.</summary>
    public double Rate { get; init; }

    /// <summary>Share of unseen questions answered with the right content, from 0 to 1.</summary>
    public double Content { get; init; }

    /// <summary>Share answered in the persona's voice, word for word.</summary>
    public double InVoice { get; init; }

    /// <summary>Share that is right in both.</summary>
    public double Full { get; init; }

    /// <summary>Mean loss per token of the answers that nobody taught, before training.</summary>
    public double UnseenLossBefore { get; init; }

    /// <summary>The same after training.</summary>
    public double UnseenLoss { get; init; }

    /// <summary>Mean loss of each step.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>Seconds of training.</summary>
    public double Seconds { get; init; }

    /// <summary>Most memory that the process has held up to the end of training, in bytes.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Reads one that was written.</summary>
    internal static Measurement Read(string path) => JsonSerializer.Deserialize<Measurement>(File.ReadAllText(path))!;

    /// <summary>Writes it.</summary>
    internal void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Indented));
    }
}
