using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>What a silo says to a change of the adapters that it serves.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Had">Whether it has made the change.</param>
/// <param name="Problem">Why it could not.</param>
internal sealed record SiloReply(string Silo, bool Had, PeftException? Problem)
{
    /// <summary>
    /// Why an adapter is not loaded as it should be; <see langword="null"/> if it is. Silos may have different adapters, so one without the directory is none of the
    /// reasons, unless no other has it.
    /// </summary>
    /// <param name="name">The adapter.</param>
    /// <param name="replies">What the silos say, this one first.</param>
    internal static PeftException? ProblemOf(string name, IReadOnlyList<SiloReply> replies)
    {
        SiloReply[] failed = [.. replies.Where(reply => reply.Problem is { Id: not RuleIds.NoSuchAdapter })];
        string[] serving = [.. replies.Where(reply => reply.Had).Select(reply => $"'{reply.Silo}'")];
        return failed.Length > 0 && (serving.Length > 0 || failed.Length > 1)
            ? new PeftException(failed[0].Problem!.Id, $"'{name}' is served by {(serving.Length > 0 ? string.Join(", ", serving) : "no machine")}. "
                + string.Join(' ', failed.Select(reply => $"By '{reply.Silo}' it cannot be loaded: {reply.Problem!.Message}")))
            : failed.Length > 0 ? failed[0].Problem
            : serving.Length > 0 ? null
            : replies[0].Problem;
    }
}
