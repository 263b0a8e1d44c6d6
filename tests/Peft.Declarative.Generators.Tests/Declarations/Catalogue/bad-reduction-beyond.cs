// expect: PEFT205 at 4096
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Bottleneck(reduction: 4096)] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
