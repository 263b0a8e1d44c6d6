using Orleans.Runtime;
using Peft.Declarative.Orleans.Answers;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>What the silos of a cluster ask of each other. The key is the address of the silo that is asked.</summary>
[Alias("peft.silo")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Tells what the silo serves and how much it has to do.</summary>
    [Alias("report")]
    Task<SiloReport> ReportAsync();

    /// <summary>Answers a request. The end of the enumeration, for whatever reason, ends the text.</summary>
    [Alias("answer")]
    IAsyncEnumerable<AnswerPart> AnswerAsync(AnswerRequest request, CancellationToken cancellation);

    /// <summary>Serves an adapter from its subdirectory.</summary>
    [Alias("load")]
    Task LoadAsync(string name, CancellationToken cancellation);

    /// <summary>Takes an adapter out of service until it is loaded again.</summary>
    [Alias("unload")]
    Task<bool> UnloadAsync(string name);
}

/// <summary>What a silo serves and how much it has to do.</summary>
[GenerateSerializer, Immutable, Alias("peft.report")]
internal sealed record SiloReport
{
    /// <summary>The name of the base model.</summary>
    [Id(0)]
    public required string BaseName { get; init; }

    /// <summary>The hash of its weights; <see langword="null"/> if there are no files of them.</summary>
    [Id(1)]
    public string? BaseHash { get; init; }

    /// <summary>The hash of its tokenizer.</summary>
    [Id(2)]
    public string? TokenizerHash { get; init; }

    /// <summary>The adapters that the silo serves.</summary>
    [Id(3)]
    public required IReadOnlySet<string> Personas { get; init; }

    /// <summary>Those of them that are in memory.</summary>
    [Id(4)]
    public required IReadOnlySet<string> Resident { get; init; }

    /// <summary>Why subdirectories are not served, by their names.</summary>
    [Id(5)]
    public required IReadOnlyDictionary<string, string> NotServed { get; init; }

    /// <summary>The number of requests that it answers at once.</summary>
    [Id(6)]
    public int Places { get; init; }

    /// <summary>The number of requests that have a place or wait for one.</summary>
    [Id(7)]
    public int Load { get; init; }

    /// <summary>The number of requests that wait for a place.</summary>
    [Id(8)]
    public int Waiting { get; init; }

    /// <summary>Whether it is being stopped, and takes no further requests.</summary>
    [Id(9)]
    public bool Stopping { get; init; }

    /// <summary>What there is to know of personas that are served all the same, by their names.</summary>
    [Id(10)]
    public required IReadOnlyDictionary<string, string> Warnings { get; init; }

    /// <summary>Whether a prompt that was written for one of the two silos means the same to the other.</summary>
    internal bool HasTheBaseOf(SiloReport other) => BaseName == other.BaseName
        && Provenance.Same(BaseHash, other.BaseHash) != false
        && Provenance.Same(TokenizerHash, other.TokenizerHash) != false;
}
