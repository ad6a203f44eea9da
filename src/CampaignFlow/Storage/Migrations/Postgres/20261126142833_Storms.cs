using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Storms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_wf_instance_ready",
                table: "wf_instance");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_kind_key",
                table: "wf_inbox");

            migrationBuilder.AddColumn<string>(
                name: "waited_by",
                table: "wf_inbox",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "definition_id",
                table: "wf_bookmark",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "run_key",
                table: "wf_bookmark",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.Sql(
                """
                update wf_bookmark set
                  definition_id = (select r.definition_id from wf_instance r where r.id = wf_bookmark.run_id),
                  run_key = (select r.key from wf_instance r where r.id = wf_bookmark.run_id)
                where exists (select 1 from wf_instance r where r.id = wf_bookmark.run_id)
                """);

            migrationBuilder.CreateIndex(
                name: "ix_wf_instance_ready",
                table: "wf_instance",
                columns: new[] { "definition_id", "created_at", "key" },
                filter: "ready");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_fresh",
                table: "wf_inbox",
                columns: new[] { "at", "id" },
                filter: "taken_at is null and waited_by is null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_kind_key_correlation_taken_by",
                table: "wf_inbox",
                columns: new[] { "kind", "key", "correlation", "taken_by" },
                filter: "taken_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_taken_by",
                table: "wf_inbox",
                column: "taken_by",
                filter: "taken_at is null and taken_by is not null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_waited_by_kind_at_id",
                table: "wf_inbox",
                columns: new[] { "waited_by", "kind", "at", "id" },
                filter: "taken_at is null and waited_by <> ''");

            migrationBuilder.CreateIndex(
                name: "ix_wf_bookmark_definition_id_due_at_run_key",
                table: "wf_bookmark",
                columns: new[] { "definition_id", "due_at", "run_key" },
                filter: "due_at is not null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_wf_instance_ready",
                table: "wf_instance");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_fresh",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_kind_key_correlation_taken_by",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_taken_by",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_waited_by_kind_at_id",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_bookmark_definition_id_due_at_run_key",
                table: "wf_bookmark");

            migrationBuilder.DropColumn(
                name: "waited_by",
                table: "wf_inbox");

            migrationBuilder.DropColumn(
                name: "definition_id",
                table: "wf_bookmark");

            migrationBuilder.DropColumn(
                name: "run_key",
                table: "wf_bookmark");

            migrationBuilder.CreateIndex(
                name: "ix_wf_instance_ready",
                table: "wf_instance",
                column: "created_at",
                filter: "ready");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_kind_key",
                table: "wf_inbox",
                columns: new[] { "kind", "key" },
                filter: "taken_at is null");
        }
    }
}
