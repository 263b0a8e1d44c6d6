// expect: PEFT003 at "config.json"
// config: llama-tiny.json as /project/a/config.json
// config: llama-six.json as /project/b/config.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [BaseConfig("config.json")]
public sealed partial class Persona : LlamaForCausalLM;
