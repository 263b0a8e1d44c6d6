namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The tokenizer_config.json beside a tokenizer, and the chat template in it.</summary>
internal sealed class TokenizerConfigTarget : FuzzTarget
{
    internal TokenizerConfigTarget() => File.WriteAllText(Path.Combine(Folder, "tokenizer.json"), TokenizerSeeds.All[0]);

    internal override string Name => "tokenizer-config";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("""
            {"bos_token": "<s>", "eos_token": {"content": "a", "special": true}, "pad_token": null, "add_bos_token": true, "padding_side": "left",
            "tokenizer_class": "LlamaTokenizerFast", "chat_template": "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"}
            """),
        Bytes("""{"add_eos_token": true, "eos_token": "b", "chat_template": [{"name": "default", "template": "{{ messages[0].content }}"}, {"name": "b", "template": ""}]}"""),
    ];

    internal override IReadOnlyList<string> Words { get; } =
        ["bos_token", "eos_token", "add_bos_token", "add_eos_token", "content", "chat_template", "name", "template", "default", "{%", "{{", "PreTrainedTokenizerFast"];

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder, "tokenizer_config.json"), input);
        Tokenizer tokenizer = Tokenizer.Load(Folder);
        Assert.NotNull(tokenizer.Encode("a b"));
        if (tokenizer.ChatTemplate is not null)
        {
            ChatFormat.For(tokenizer).EncodePrompt([new System.Text.Json.Nodes.JsonObject { ["role"] = "user", ["content"] = "ab" }]);
        }
    }
}
