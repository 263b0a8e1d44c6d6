using System.ComponentModel.DataAnnotations;

namespace Peft.Declarative.Serving;

/// <summary>What is served, and within which limits. The defaults are safe for a machine that others can reach once an address is opened to them.</summary>
public sealed class PeftServerOptions
{
    // Less than a day, because a number without colons, such as 60 meant as seconds, is read as days.
    private const string LongestTime = "23:59:59";
    private const string ShortestTime = "00:00:00.001";

    /// <summary>The name of the section of a configuration from which the options are bound.</summary>
    public const string Section = "Peft";

    /// <summary>The directory of the base model, with its tokenizer.</summary>
    [Required(ErrorMessage = "name the directory of the base model")]
    public string Model { get; set; } = "";

    /// <summary>The name under which the base model itself is served; the name of its directory unless set.</summary>
    public string? ModelName { get; set; }

    /// <summary>The device: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c> (the default) for CUDA if there is one.</summary>
    [RegularExpression("auto|cpu|cuda(:[0-9]+)?", ErrorMessage = "be auto, cpu, cuda or cuda:N")]
    public string Device { get; set; } = "auto";

    /// <summary>
    /// A directory of personas; <see langword="null"/> (the default) for none. Its subdirectories are adapters, each served under the subdirectory's name. A
    /// file <c>NAME.txt</c> or <c>NAME.md</c> is a persona of the base model that is told this text before every conversation. The directory may change while
    /// the server runs: what is added or replaced is served from the next request on.
    /// </summary>
    public string? Adapters { get; set; }

    /// <summary>
    /// The bytes of adapters that stay in memory. Of a larger directory, the ones used last are in memory, and others are loaded when a request names them.
    /// The default is 1 GiB.
    /// </summary>
    [Range(1L, long.MaxValue)]
    public long AdapterMemory { get; set; } = 1L << 30;

    /// <summary>
    /// The bytes of keys and values that are kept of prompts, for requests to the same persona that begin with the same text, such as a system prompt or the
    /// earlier turns of a conversation. What was used longest ago leaves first. The default is 256 MiB; 0 keeps nothing.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long PromptMemory { get; set; } = 256L << 20;

    /// <summary>Names of adapters that stay in memory, whatever else is asked for. The default is none.</summary>
    public IList<string> PinnedAdapters { get; } = [];

    /// <summary>
    /// Keys of which a request must have one, as <c>Authorization: Bearer KEY</c>. Empty (the default) admits every request, which only suits an address
    /// that nobody else can reach. Without a key, <c>/health</c> says only whether all is well, and the page at <c>/</c> asks for one.
    /// </summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>Whether <c>/</c> is a page to talk to the personas. It needs no key itself, but asks for one. The default is <see langword="true"/>.</summary>
    public bool Page { get; set; } = true;

    /// <summary>Whether clients may load and unload adapters of <see cref="Adapters"/>. The default is <see langword="false"/>.</summary>
    public bool AllowAdapterUpdates { get; set; }

    /// <summary>The number of texts that are generated at once, in one batch. More take more memory for keys and values. The default is 32.</summary>
    [Range(1, 4_096)]
    public int MaxRows { get; set; } = 32;

    /// <summary>
    /// The number of tokens of prompts that are read between two tokens of the running texts. More let a long prompt begin sooner, fewer keep the others
    /// steadier. The default is 256.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PrefillTokens { get; set; } = 256;

    /// <summary>The time that running requests have to end once the server is told to stop, as by SIGTERM. New ones are refused meanwhile. The default is 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", LongestTime, ParseLimitsInInvariantCulture = true)]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of requests that may wait for a place in the batch; further ones are answered with 429. The default is 256.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>The time that a request may take from its arrival to its last token. The default is 5 minutes.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime, ParseLimitsInInvariantCulture = true)]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The time that a client may take to accept a piece of a stream, before its request ends. The default is 30 seconds.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime, ParseLimitsInInvariantCulture = true)]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The greatest size of a request's body in bytes. The default is 1 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>The greatest number of messages of a conversation. The default is 1,024.</summary>
    [Range(1, int.MaxValue)]
    public int MaxMessages { get; set; } = 1_024;

    /// <summary>The greatest number of tokens that a request may ask for, and the number for requests that do not say. The default is 1,024.</summary>
    [Range(1, int.MaxValue)]
    public int MaxNewTokens { get; set; } = 1_024;

    /// <summary>The greatest number of answers to one request (<c>n</c>). The default is 8.</summary>
    [Range(1, 128)]
    public int MaxChoices { get; set; } = 8;
}
